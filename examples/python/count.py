"""Counts the statuses of an access log: count.py FILE"""
import collections
import sys

import sawlog

path = sys.argv[1] if len(sys.argv) > 1 else "examples/data/access.log"
counts = collections.Counter()
for batch in sawlog.open(path):  # no format is named: it is detected; compressed files are read as they are
    counts.update(status for status in batch["status"].to_pylist() if status is not None)
for status, count in sorted(counts.items()):
    print(f"{status} {count:6}")
