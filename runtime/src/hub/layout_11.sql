-- Version 11 of the hub: events.

-- A version of an event that was raised, with a digest of its condition: one version means one thing.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    condition TEXT NOT NULL,
    UNIQUE (entity, name, version)
);
-- The rows that raised it. The row says which sync saw it, the record, its version, and when.
CREATE TABLE raised (
    row INTEGER NOT NULL REFERENCES source_row,
    event INTEGER NOT NULL REFERENCES event,
    PRIMARY KEY (row, event)
) WITHOUT ROWID;
CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'an event stays'); END;
CREATE TRIGGER raised_stays BEFORE DELETE ON raised BEGIN SELECT raise(ABORT, 'an event stays'); END;
CREATE TRIGGER raised_is_kept BEFORE UPDATE ON raised BEGIN SELECT raise(ABORT, 'an event stays'); END;
