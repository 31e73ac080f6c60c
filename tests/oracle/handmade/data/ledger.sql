-- The books of a company: one table, and a trigger that gives numbers, as finance systems do.
-- Amounts are TEXT with exact decimals: SQLite's REAL would round them.
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
  cost TEXT NOT NULL,
  memo TEXT NOT NULL,
  reversal_of TEXT REFERENCES project_cost (external_id),
  number TEXT,
  status TEXT
);
CREATE TRIGGER project_cost_number AFTER INSERT ON project_cost BEGIN
  UPDATE project_cost SET number = printf('PC%08d', new.rowid), status = 'booked' WHERE rowid = new.rowid;
END;
