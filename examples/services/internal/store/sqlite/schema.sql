-- Times are nanoseconds of Unix time. Strings that are not there are empty: one kind of nothing is enough for a filter.
CREATE TABLE record (
  id       INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  received INTEGER NOT NULL,
  source   TEXT NOT NULL,
  format   TEXT NOT NULL,
  level    TEXT NOT NULL,
  severity INTEGER NOT NULL,
  status   INTEGER NOT NULL,
  fault    TEXT NOT NULL,
  fields   TEXT NOT NULL
) STRICT;
CREATE INDEX record_time ON record (time, id);
CREATE INDEX record_received ON record (received);

-- What statistics are made of; see store.Tally.
CREATE TABLE tally (
  minute INTEGER NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  level  TEXT NOT NULL,
  status INTEGER NOT NULL,
  reject INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (minute, source, format, level, status, reject)
) STRICT, WITHOUT ROWID;
