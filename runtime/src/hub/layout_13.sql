-- Version 13 of the hub: rows that rows of another entity hold.

-- A row that holds others, by its key, as its newest version has them.
CREATE TABLE holder (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL REFERENCES sync,
    key TEXT NOT NULL,
    -- Rank of its newest version.
    rank BLOB NOT NULL,
    -- Whether all rows it holds could be told apart.
    whole INTEGER NOT NULL,
    UNIQUE (sync, key)
);
-- Which track is of a row that it holds or has held.
CREATE TABLE held (
    track INTEGER PRIMARY KEY REFERENCES track,
    holder INTEGER NOT NULL REFERENCES holder
);
CREATE INDEX held_holder ON held (holder);
