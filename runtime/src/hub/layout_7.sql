-- Version 7 of the hub: calls for which a target could not be reached, and how often targets were called.

-- A record whose calls failed and are made again. It is gone when they are answered.
CREATE TABLE retry (
    track INTEGER PRIMARY KEY REFERENCES track,
    -- How often they failed, and why the last time.
    failures INTEGER NOT NULL,
    message TEXT NOT NULL,
    -- When they are made again; null when the record has gone to its queue.
    next TEXT
) WITHOUT ROWID;

-- How often a system was called to post in the newest period of its limit.
CREATE TABLE call_count (
    system TEXT PRIMARY KEY,
    -- When the period began.
    period TEXT NOT NULL,
    calls INTEGER NOT NULL
) WITHOUT ROWID;

-- When records that were held back by a limit are posted: the begin of its next period.
ALTER TABLE sync ADD COLUMN held_until TEXT;
