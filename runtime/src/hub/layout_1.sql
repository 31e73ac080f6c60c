-- Version 1 of the hub; later versions are steps from it. Private: read it through `syncline`, which shows it as JSON.
--
-- Instants are those of the run (`--at`), as RFC 3339 text. Values are JSON as described in values.rs. Nothing is deleted: rows,
-- versions, postings and closed exceptions are the audit trail.

-- Counters and marks: `change` is the number of the latest change of a canonical record.
CREATE TABLE mark (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- One row for each `syncline run`. A run that was killed has no `report`.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    plan TEXT NOT NULL,
    report TEXT
);

-- What the hub knows about a sync beside its records.
CREATE TABLE sync (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- `system.entity`; of a sync that only posts, the object.
    entity TEXT NOT NULL,
    -- The greatest cursor value that was delivered.
    watermark TEXT,
    captured_at TEXT,
    posted_at TEXT,
    reconciled_at TEXT,
    -- Every record of this sync has been judged with the hub as it stood after this change, under this plan.
    judged INTEGER NOT NULL DEFAULT 0,
    plan TEXT
);

-- The declared fields of an entity, in order, at the time a row was captured: a JSON array of names.
CREATE TABLE shape (
    id INTEGER PRIMARY KEY,
    fields TEXT NOT NULL UNIQUE
);

-- A record of a source as one sync follows it through its versions.
CREATE TABLE track (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    -- The record key, for people and for the order of postings.
    key TEXT NOT NULL,
    -- What tells it apart where the key alone does not: the parts of a key of several fields, or the content of a row without key.
    identity TEXT,
    -- The canonical record its rows are written to.
    record INTEGER REFERENCES record,
    -- Rank of the highest version that was written.
    applied BLOB,
    -- Whether it is to be judged in the next run whatever else happens.
    open INTEGER NOT NULL DEFAULT 1,
    -- The last generation posted, and how often a posting was overwritten.
    generation INTEGER NOT NULL DEFAULT 0,
    overwrites INTEGER NOT NULL DEFAULT 0,
    -- The newest posting, unless it is reversed.
    live INTEGER REFERENCES posting
);
CREATE INDEX track_key ON track (sync, key);
CREATE INDEX track_identity ON track (sync, identity) WHERE identity IS NOT NULL;
CREATE INDEX track_open ON track (sync, key) WHERE open = 1;
CREATE INDEX track_record ON track (record, sync);

-- A captured row: key, version and content, each once.
CREATE TABLE source_row (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    track INTEGER NOT NULL REFERENCES track,
    version TEXT,
    rank BLOB,
    -- 0 holds its version, 1 another row holds it (key-conflict), 2 has no readable key or version, 3 is malformed.
    standing INTEGER NOT NULL,
    -- 0 captured, 1 waiting, 2 quarantined, 3 excluded, 4 staged, 5 posted, 6 superseded.
    state INTEGER NOT NULL,
    -- Further copies of it in the extract it came with.
    copies INTEGER NOT NULL DEFAULT 0,
    run INTEGER NOT NULL REFERENCES run,
    -- SHA-256 of the image without the cursor.
    content BLOB NOT NULL
);
CREATE INDEX source_row_track ON source_row (track);
CREATE INDEX source_row_sync ON source_row (sync);

-- The row as the source gave it: cells by the fields of a shape; without a shape the raw text of a malformed row.
CREATE TABLE source_image (
    row INTEGER PRIMARY KEY REFERENCES source_row,
    shape INTEGER REFERENCES shape,
    cells TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL
);

-- What an accepted row writes to its canonical record; a row is accepted when the inbound map gave a value for everything and the
-- hub took it. `values` is null when the map is not for this row (`where` of an inbound map).
CREATE TABLE reading (
    row INTEGER PRIMARY KEY REFERENCES source_row,
    "values" TEXT
);

-- A canonical record. `key` is the JSON of its key values in key order.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    object TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    -- Number of the latest change, and of the latest change that came with a row rather than with another plan.
    change INTEGER NOT NULL,
    row_change INTEGER NOT NULL,
    UNIQUE (object, key)
);
CREATE INDEX record_change ON record (object, change);

-- All versions of canonical records.
CREATE TABLE record_version (
    record INTEGER NOT NULL REFERENCES record,
    revision INTEGER NOT NULL,
    "values" TEXT NOT NULL,
    -- The row that wrote it.
    row INTEGER NOT NULL REFERENCES source_row,
    run INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (record, revision)
) WITHOUT ROWID;

-- Which identifier of a system stands for which canonical record.
CREATE TABLE crosswalk (
    entity TEXT NOT NULL,
    id TEXT NOT NULL,
    object TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (entity, id, object)
) WITHOUT ROWID;
CREATE INDEX crosswalk_record ON crosswalk (record, entity);

-- The ledger. An entry is committed before the call (`intent`) and again with its answer.
CREATE TABLE posting (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    track INTEGER NOT NULL REFERENCES track,
    -- Sync, target, values of `idempotent by`, generation and kind: what the target recognises a repeated call by.
    posting_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'reverse', 'overwrite')),
    -- `system.entity` and the map.
    target TEXT NOT NULL,
    map TEXT NOT NULL,
    generation INTEGER NOT NULL,
    -- The mapped values without suffix, and the values of the target's key as posted.
    image TEXT NOT NULL,
    target_key TEXT NOT NULL,
    -- The entry a reversal or an overwrite undoes or replaces.
    previous INTEGER REFERENCES posting,
    -- The row it was made from; a later row with an equal image takes it over.
    row INTEGER NOT NULL REFERENCES source_row,
    -- Versions of the records its assignments read: JSON lists of record and revision, and of a row of a step series the last day it
    -- was looked up for.
    reads TEXT NOT NULL,
    -- The plan it was made by.
    plan TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intent', 'done', 'refused', 'unknown')),
    intended_at TEXT NOT NULL,
    answered_at TEXT,
    -- What the target filled in, or why it refused.
    answer TEXT
);
CREATE INDEX posting_unsettled ON posting (id) WHERE state IN ('intent', 'unknown');
CREATE INDEX posting_ledger ON posting (target, target_key);
CREATE INDEX posting_sync ON posting (sync, id);

-- What needs a person. Open while `closed_at` is null.
CREATE TABLE exception (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    track INTEGER NOT NULL REFERENCES track,
    -- The quarantined row; of an `ask`, the row that stays posted.
    row INTEGER NOT NULL REFERENCES source_row,
    asks INTEGER NOT NULL,
    -- The first reason, and all of them: JSON objects with reason, message, field.
    reason TEXT NOT NULL,
    reasons TEXT NOT NULL,
    queue TEXT NOT NULL,
    since TEXT NOT NULL,
    due TEXT,
    closed_at TEXT
);
CREATE UNIQUE INDEX exception_open ON exception (sync, row, asks) WHERE closed_at IS NULL;
CREATE INDEX exception_track ON exception (track) WHERE closed_at IS NULL;

-- Reconciliations, with their lines as JSON.
CREATE TABLE reconciliation (
    run INTEGER NOT NULL REFERENCES run,
    sync INTEGER NOT NULL REFERENCES sync,
    at TEXT NOT NULL,
    reconciled INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (run, sync)
) WITHOUT ROWID;
