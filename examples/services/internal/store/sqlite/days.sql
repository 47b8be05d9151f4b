-- Tallies go when their records go, which is by when these were received. Of the ones that are there already nobody knows when that was.
ALTER TABLE tally RENAME TO tally_before;
CREATE TABLE tally (
  minute INTEGER NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  level  TEXT NOT NULL,
  status INTEGER NOT NULL,
  reject INTEGER NOT NULL,
  day    INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (minute, source, format, level, status, reject, day)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT minute, source, format, level, status, reject, unixepoch() / 86400, n FROM tally_before;
DROP TABLE tally_before;
