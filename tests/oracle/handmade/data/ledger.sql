-- The books of a company: three tables, and triggers that give numbers, as finance systems do.
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
CREATE TABLE project_expense (
  external_id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  employee TEXT NOT NULL,
  account TEXT NOT NULL,
  spent_on TEXT NOT NULL,
  billable INTEGER NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  own_currency TEXT NOT NULL,
  cost TEXT NOT NULL,
  memo TEXT NOT NULL,
  reversal_of TEXT REFERENCES project_expense (external_id),
  number TEXT,
  status TEXT
);
CREATE TRIGGER project_expense_number AFTER INSERT ON project_expense BEGIN
  UPDATE project_expense SET number = printf('PX%08d', new.rowid), status = 'booked' WHERE rowid = new.rowid;
END;
CREATE TABLE project_fee (
  external_id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  client TEXT NOT NULL,
  accepted_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  fee TEXT NOT NULL,
  memo TEXT NOT NULL,
  reversal_of TEXT REFERENCES project_fee (external_id),
  number TEXT,
  status TEXT
);
CREATE TRIGGER project_fee_number AFTER INSERT ON project_fee BEGIN
  UPDATE project_fee SET number = printf('PF%08d', new.rowid), status = 'booked' WHERE rowid = new.rowid;
END;
