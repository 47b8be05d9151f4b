-- A partition for each day of received: old days are dropped as a whole, and COPY of new records meets one partition.
CREATE TABLE record (
  id       bigint GENERATED ALWAYS AS IDENTITY,
  time     bigint NOT NULL, -- nanoseconds of Unix time: timestamptz has only microseconds
  received timestamptz NOT NULL,
  source   text NOT NULL,
  format   text NOT NULL,
  level    text NOT NULL,
  severity smallint NOT NULL,
  status   smallint NOT NULL,
  fault    text NOT NULL,
  fields   jsonb NOT NULL
) PARTITION BY RANGE (received);

-- What comes while no partition fits is not lost.
CREATE TABLE record_rest PARTITION OF record DEFAULT;

CREATE INDEX record_time ON record (time DESC, id DESC);

CREATE TABLE tally (
  minute bigint NOT NULL,
  source text NOT NULL,
  format text NOT NULL,
  level  text NOT NULL,
  status smallint NOT NULL,
  reject boolean NOT NULL,
  n      bigint NOT NULL,
  PRIMARY KEY (minute, source, format, level, status, reject)
);
