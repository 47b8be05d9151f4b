"""Hands a log to Arrow's world without copying a value: pyarrow here; polars.DataFrame(table) and duckdb take it in the same way."""
import sys

import pyarrow
import pyarrow.compute

import sawlog

path = sys.argv[1] if len(sys.argv) > 1 else "examples/data/access.log"
table = pyarrow.table(sawlog.read(path))
print(table.num_rows, "rows,", table.num_columns, "columns,", pyarrow.compute.sum(table["bytes"]).as_py(), "bytes")
for row in table.group_by("status").aggregate([("bytes", "max")]).sort_by("status").to_pylist():
    print(row["status"], row["bytes_max"])
