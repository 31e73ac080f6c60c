-- Version 2 of the hub: what people decide about exceptions, and the audit log.

-- A row of state 7 is dismissed: it is never judged again.

-- What was decided about an exception. It holds for the reasons it was decided on; with others the question is a new one.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    exception INTEGER NOT NULL REFERENCES exception,
    track INTEGER NOT NULL REFERENCES track,
    resolution TEXT NOT NULL CHECK (resolution IN ('release', 'dismiss', 'reopen', 'posted', 'not_posted')),
    -- The reasons of the exception when it was decided.
    reasons TEXT NOT NULL,
    "by" TEXT NOT NULL,
    why TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX decision_track ON decision (track);
CREATE INDEX decision_exception ON decision (exception);

-- The audit log: entries are added and never changed. `hash` covers the entry and the hash before, so that nobody can change, insert
-- or take out an entry without changing all hashes after it.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is only added to'); END;
