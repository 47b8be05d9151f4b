"""Parses a stream as it arrives: tail -F access.log | follow.py"""
import sys

import sawlog

# A file descriptor, a pipe or a socket is read as it is. Each batch comes as soon as its lines are there.
for batch in sawlog.open(sys.stdin.buffer, format="combined"):
    for row in batch.rows():
        if row["status"] >= 500:
            print(row["status"], row["target"], flush=True)
