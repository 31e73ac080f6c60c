-- The books: a table, and a trigger that gives each line a number, as finance systems do. A clerk posts drafts later.
CREATE TABLE project_cost (
  external_id TEXT NOT NULL PRIMARY KEY,
  work_date TEXT NOT NULL,
  hours TEXT NOT NULL,
  reversal_of TEXT,
  number TEXT,
  status TEXT NOT NULL DEFAULT 'Draft'
);
CREATE TRIGGER number AFTER INSERT ON project_cost BEGIN
  UPDATE project_cost SET number = printf('K%05d', new.rowid) WHERE rowid = new.rowid;
END;
