-- Version 9 of the hub: what records of an object are compared by.

-- For each rule of an object that compares records with each other, by its place among them: the values that two records share, as a
-- JSON list, and the records that have them. Retired records are not here.
CREATE TABLE compared (
    object TEXT NOT NULL,
    rule INTEGER NOT NULL,
    "values" TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (object, rule, "values", record)
) WITHOUT ROWID;
CREATE INDEX compared_record ON compared (record);
