-- Version 10 of the hub: records that may be one and the same, and what goes beyond the size of a sync.

-- The plan under which the table of what records are compared by was last made; at most one row.
CREATE TABLE compared_under (
    plan TEXT NOT NULL
);

-- Pairs of records of which somebody said that they are two, though they are alike: by what, and the values both had then. The
-- lower number is first.
CREATE TABLE two (
    one INTEGER NOT NULL REFERENCES record,
    other INTEGER NOT NULL REFERENCES record,
    terms TEXT NOT NULL,
    "values" TEXT NOT NULL,
    PRIMARY KEY (one, other, terms, "values")
) WITHOUT ROWID;

-- Rows that would make a record which is like another one, and make none as long as nobody has said that they are two. What looks
-- for such a record by its key, or by its identifier in the entity, is told why it is not there.
CREATE TABLE doubt (
    track INTEGER PRIMARY KEY REFERENCES track,
    row INTEGER NOT NULL REFERENCES source_row,
    object TEXT NOT NULL,
    key TEXT NOT NULL,
    entity TEXT NOT NULL,
    id TEXT NOT NULL,
    other TEXT NOT NULL
);
CREATE INDEX doubt_key ON doubt (object, key);
CREATE INDEX doubt_id ON doubt (entity, id);

-- What a sync says of its size (how long a pass takes, how many records a day has), where the last run that could went beyond.
CREATE TABLE exceeded (
    sync INTEGER NOT NULL REFERENCES sync,
    clause TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run,
    said INTEGER NOT NULL,
    found INTEGER NOT NULL,
    PRIMARY KEY (sync, clause)
) WITHOUT ROWID;
