-- Version 4 of the hub: records that are deleted where they come from.

-- Whether the record is deleted: references to it stay, and no new lookup finds it.
ALTER TABLE record ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;

-- Of a track whose key the last complete extract did not have: 1 deleted, 2 somebody is asked, 3 somebody said that it stays.
-- An exception about an extract has `asks` 2, and names the first of the missing tracks.
ALTER TABLE track ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE track ADD COLUMN missing_at TEXT;

-- When all rows were last read.
ALTER TABLE sync ADD COLUMN full_at TEXT;
