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
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0001', 'FAIRHAVEN OPTICS', '00', 'XX');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0002', 'DUNMORE FOODS', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0006', 'FAIRHAVEN LOGISTICS', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0008', 'GALVANI HEALTH', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0009', 'FAIRHAVEN ENERGY', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0012', 'ALDERMOOR FOODS', '00', 'E');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0013', 'FAIRHAVEN LOGISTICS', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0015', 'INGLEBY TEXTILES, LTD.', '00', 'R');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0016', 'GALVANI RAIL', '00', 'E');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0018', 'ALDERMOOR RAIL', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0019', 'GALVANI FOODS', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0026', 'DUNMORE RAIL', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0030', 'JUÁREZ RAIL', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0031', 'ALDERMOOR FOODS', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0033', 'ESKILD OPTICS', '00', 'R');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0034', 'GALVANI TEXTILES, LTD.', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0035', 'FAIRHAVEN & SÖHNE', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0037', 'ESKILD FOODS', '00', 'S');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0038', 'BRÜCKNER HEALTH', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0039', 'ALDERMOOR & SÖHNE', '00', 'RC');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-0040', 'ESKILD & SÖHNE', '00', 'E');
INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('C-X001', 'LEGACY HOLDINGS', '00', 'S');
