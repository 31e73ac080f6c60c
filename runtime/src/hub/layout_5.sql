-- Version 5 of the hub: lines with a difference.

-- The ledger as it was, with one more kind: a `delta` has the whole image in `image`, and its line the difference to that of the entry
-- before. SQLite cannot change a CHECK, so the table is made anew; references to it are by name and stay.
CREATE TABLE posting_with_deltas (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    track INTEGER NOT NULL REFERENCES track,
    -- Sync, target, values of `idempotent by`, generation and kind: what the target recognises a repeated call by.
    posting_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'delta', 'reverse', 'overwrite')),
    -- `system.entity` and the map.
    target TEXT NOT NULL,
    map TEXT NOT NULL,
    generation INTEGER NOT NULL,
    -- The mapped values without suffix, and the values of the target's key as posted.
    image TEXT NOT NULL,
    target_key TEXT NOT NULL,
    -- The entry a reversal or an overwrite undoes or replaces, or whose image a delta is the difference to.
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
INSERT INTO posting_with_deltas SELECT id, sync, track, posting_key, kind, target, map, generation, image, target_key, previous, row, reads,
    plan, state, intended_at, answered_at, answer FROM posting;
DROP TABLE posting;
ALTER TABLE posting_with_deltas RENAME TO posting;
CREATE INDEX posting_unsettled ON posting (id) WHERE state IN ('intent', 'unknown');
CREATE INDEX posting_ledger ON posting (target, target_key);
CREATE INDEX posting_sync ON posting (sync, id);
