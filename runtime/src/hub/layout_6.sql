-- Version 6 of the hub: narrower rows and fewer indexes.

-- What entities and objects are called, each once.
CREATE TABLE name (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);
INSERT INTO name (text) SELECT entity FROM crosswalk UNION SELECT object FROM crosswalk;

-- Which identifier of a system stands for which canonical record; entity and object are names.
CREATE TABLE crosswalk_of_numbers (
    entity INTEGER NOT NULL REFERENCES name,
    id TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES name,
    record INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (entity, id, object)
) WITHOUT ROWID;
INSERT INTO crosswalk_of_numbers (entity, id, object, record)
    SELECT e.id, c.id, o.id, c.record FROM crosswalk c JOIN name e ON e.text = c.entity JOIN name o ON o.text = c.object;
DROP TABLE crosswalk;
ALTER TABLE crosswalk_of_numbers RENAME TO crosswalk;
CREATE INDEX crosswalk_record ON crosswalk (record, entity);

-- Open tracks are found by their numbers and put in the order of their keys when they are read.
DROP INDEX track_open;
CREATE INDEX track_open ON track (sync) WHERE open = 1;

-- A reconciliation reads the ledgers that it needs whole.
DROP INDEX posting_ledger;
