"""Shows what a log file is and its first rows: show.py FILE [ROWS]. The last line says how fast it was read."""
import datetime
import sys
import time

import sawlog

WIDTH, CELL = 118, 24


def main(path="examples/data/access.log", rows="5"):
    rows = rejects = int(rows)
    begin = time.perf_counter()
    first = True
    with sawlog.open(path) as reader:
        if rows:
            print(f"{path}: {reader.format}")
        for batch in reader:
            if rows and first:
                table(batch, min(rows, len(batch)))
            first = False
            for reject in batch.rejects if rejects else ():
                if rejects:
                    print(f"line {reject.line} is no record ({reject.fault}): {fit(reject.text)}")
                    rejects -= 1
        stats = reader.stats
    seconds = time.perf_counter() - begin
    size = stats.bytes / 1e6
    speed = f" {size / seconds:8.0f} MB/s" if size > 10 else ""  # of less it would say how long the start takes
    print(f"{'Python':8} {stats.records:9} rows {stats.rejected:7} rejects {size:9.1f} MB in {seconds:6.3f} s{speed}")


def table(batch, rows):
    """Prints the first rows: the columns that have a value there, as many as fit on a line."""
    lines = [""] * (rows + 1)
    used = 0
    more = []
    for name in batch.columns:
        cells = [fit(name)] + [fit(text(batch[name][row])) for row in range(rows)]
        longest = max(map(len, cells))
        if used + longest > WIDTH or all(cell == "null" for cell in cells[1:]):
            more.append(name)
            continue
        used += longest + 2
        lines = [line + cell.ljust(longest + 2) for line, cell in zip(lines, cells)]
    for line in lines:
        print(line.rstrip(" "))
    if more:
        print("more columns:", *more)


def text(value):
    if value is None:
        return "null"
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def fit(value):
    """Blanks control characters and cuts a text to the width of a cell."""
    value = "".join(" " if c < " " or c == "\x7f" else c for c in value)
    return value if len(value) <= CELL else value[: CELL - 1] + "…"


main(*sys.argv[1:])
