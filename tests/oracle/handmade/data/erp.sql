-- Group finance: one list of customers, and a trigger that gives numbers, as finance systems do.
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
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-1', 'OLD NAME', '00', 'R');
