-- Version 8 of the hub: objects with versions.

-- A versioned object has one record for each key, with what holds now, and beside it a record for each version: a row of the series
-- whose name is that key. Here is each such series, and the first day on which another version may hold; null when none will, 0 when
-- nobody has looked yet.
CREATE TABLE version_line (
    object TEXT NOT NULL,
    series TEXT NOT NULL,
    next_day INTEGER,
    PRIMARY KEY (object, series)
) WITHOUT ROWID;
CREATE INDEX version_line_next ON version_line (object, next_day) WHERE next_day IS NOT NULL;
