-- Version 3 of the hub: rows of dated objects.

-- The JSON of a dated record's key without its first day: its rows are a series. Null for other records, whose `key` is all.
ALTER TABLE record ADD COLUMN series TEXT;
CREATE INDEX record_series ON record (object, series) WHERE series IS NOT NULL;

-- Series whose rows changed and have not been compared with each other since.
CREATE TABLE series_change (
    object TEXT NOT NULL,
    series TEXT NOT NULL,
    PRIMARY KEY (object, series)
) WITHOUT ROWID;

-- What is odd about a series as it stands: days with several rows, days without one between two rows.
CREATE TABLE series_notice (
    object TEXT NOT NULL,
    series TEXT NOT NULL,
    first_day TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hole', 'overlap')),
    -- Null when it is open.
    last_day TEXT,
    -- The key, for people.
    key TEXT NOT NULL,
    -- The sync that brought the rows.
    sync INTEGER NOT NULL REFERENCES sync,
    PRIMARY KEY (object, series, first_day, kind)
) WITHOUT ROWID;
CREATE INDEX series_notice_sync ON series_notice (sync);
