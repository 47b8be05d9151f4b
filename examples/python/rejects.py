"""Shows the lines that are no records, and why: rejects.py FILE"""
import sys

import sawlog

path = sys.argv[1] if len(sys.argv) > 1 else "examples/data/access.log"
parser = sawlog.Parser("combined")
for batch in sawlog.open(path, format="combined"):
    for reject in batch.rejects:
        print(f"line {reject.line}, byte {reject.offset}, {reject.fault}: {reject.text}")
        print(" ", parser.explain(reject.raw))  # rebuilt only now: element, column, expected and seen
