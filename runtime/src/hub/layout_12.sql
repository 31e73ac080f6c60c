-- Version 12 of the hub: what was posted is read back.

-- For each map that reads rows of a target into the records that were posted as them: the track whose posting a line is. Maps are names.
CREATE TABLE posted_line (
    way INTEGER NOT NULL REFERENCES name,
    key TEXT NOT NULL,
    track INTEGER NOT NULL REFERENCES track,
    PRIMARY KEY (way, key)
) WITHOUT ROWID;

-- How far such a map has followed the audit log, in which each answer of a target stands.
CREATE TABLE way_back (
    way INTEGER PRIMARY KEY REFERENCES name,
    seq INTEGER NOT NULL
);
