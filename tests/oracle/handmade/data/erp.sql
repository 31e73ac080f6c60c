-- The books of the demo: two tables, and triggers that give numbers, as finance systems do.
-- Amounts are TEXT with exact decimals: SQLite's REAL would round them.
CREATE TABLE customer (
  external_id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  tax_profile TEXT NOT NULL DEFAULT 'U',
  number TEXT
);
CREATE TRIGGER customer_number AFTER INSERT ON customer WHEN new.number IS NULL BEGIN
  UPDATE customer SET number = printf('K%06d', new.rowid) WHERE rowid = new.rowid;
END;
CREATE TABLE project_cost (
  external_id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  employee TEXT NOT NULL,
  cost_center TEXT NOT NULL,
  labor_code TEXT NOT NULL,
  work_date TEXT NOT NULL,
  hours TEXT NOT NULL,
  billable INTEGER NOT NULL,
  currency TEXT NOT NULL,
  rate TEXT NOT NULL,
  amount TEXT NOT NULL,
  memo TEXT NOT NULL,
  reversal_of TEXT REFERENCES project_cost (external_id),
  number TEXT,
  status TEXT
);
CREATE TRIGGER project_cost_number AFTER INSERT ON project_cost BEGIN
  UPDATE project_cost SET number = printf('PC%08d', new.rowid), status = 'booked' WHERE rowid = new.rowid;
END;
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-1', 'OLD NAME', '00', 'R');
