-- Tallies go when their records go, which is by when these were received. Of the ones that are there already nobody knows when that was.
-- A process of the version before does not know the key that is made here: it has to end first.
ALTER TABLE tally ADD COLUMN day bigint;
UPDATE tally SET day = extract(epoch FROM now())::bigint / 86400;
ALTER TABLE tally ALTER COLUMN day SET NOT NULL;
ALTER TABLE tally DROP CONSTRAINT tally_pkey;
ALTER TABLE tally ADD PRIMARY KEY (minute, source, format, level, status, reject, day);
