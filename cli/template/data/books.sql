-- The books of this workspace: made when the first run does not find them.
-- Amounts are TEXT with exact decimals: SQLite's REAL would round them.
CREATE TABLE debtor (
  number TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  credit_limit TEXT NOT NULL
);
