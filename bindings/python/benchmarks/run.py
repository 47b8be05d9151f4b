"""A Python program under measurement: run.py PROGRAM CASE FILE THREADS DEFINITION.

What it prints is told in examples/bench/main.go. The programs beside sawlog are what one would write without it; each line becomes a
tuple of typed values, which is dropped, so that memory does not count against them.
"""
import datetime
import gzip
import json
import re
import sys
import time

COMBINED = re.compile(
    r'(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[\d.]+)" (\d{3}) (\d+|-) "([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*(?:\\.[^"\\]*)*)"\n'
)
# the same for engines that do not backtrack
COMBINED_PLAIN = r'^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[\d.]+)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$'
NAMES = ["client", "ident", "user", "time", "method", "target", "protocol", "status", "bytes", "referer", "user_agent"]
PAIR = re.compile(r'(\w+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|(\S*))')
MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


class Check:
    """Sums over the typed values. Times are milliseconds."""

    def __init__(self):
        self.rows = self.rejects = self.bytes = self.ok = self.users = self.errors = 0
        self.latency = 0.0
        self.first, self.last = 1 << 62, -(1 << 62)

    def time(self, ms):
        if ms < self.first:
            self.first = ms
        if ms > self.last:
            self.last = ms

    def access(self, status, size, ms):
        self.rows += 1
        self.bytes += size
        self.ok += status == 200
        self.time(ms)

    def event(self, user, latency, level, ms):
        self.rows += 1
        self.users += user
        self.latency += latency
        self.errors += level == "error"
        self.time(ms)

    def text(self, case):
        if case in ("ndjson", "logfmt"):
            middle = f"users={self.users} latency={self.latency:.0f} errors={self.errors}"
        else:
            middle = f"bytes={self.bytes} ok={self.ok}"
        return f"rows={self.rows} {middle} first={self.first} last={self.last}"


# ---- sawlog --------------------------------------------------------------------------------------------------------------------------


def sawlog_batches(check, case, file, threads, definition):
    import sawlog

    definition = json.loads(definition)
    sawlog.Parser(definition)  # start-up is not measured
    base = memory("VmRSS")
    if case == "line":
        return sawlog_lines(check, sawlog.Parser(definition), file), base, memory("VmHWM")
    rejects = 0
    begin = time.perf_counter()
    for batch in sawlog.open(file, threads=threads, **definition):
        rejects += len(batch.rejects)
    seconds, peak = time.perf_counter() - begin, memory("VmHWM")
    for batch in sawlog.open(file, threads=threads, **definition):  # once more for the check, so that its time is nobody's
        if len(batch):
            times = memoryview(batch["time"]).tolist()
            check.rows += len(times)
            check.time(min(times) // 1_000_000)
            check.time(max(times) // 1_000_000)
            if case in ("ndjson", "logfmt"):
                check.users += sum(memoryview(batch["user_id"]).tolist())
                for latency in memoryview(batch["latency_ms"]).tolist():
                    check.latency += latency
                check.errors += batch["level"].to_pylist().count("error")
            else:
                check.bytes += sum(memoryview(batch["bytes"]).tolist())
                check.ok += memoryview(batch["status"]).tolist().count(200)
    check.rejects = rejects
    return seconds, base, peak


def sawlog_lines(check, parser, file):
    with open(file, encoding="utf-8") as lines:
        lines = lines.readlines()
    begin = time.perf_counter()
    for line in lines:
        row = parser.parse_line(line)
        if row is None:
            check.rejects += 1
        else:
            check.access(row["status"], row["bytes"] or 0, int(row["time"].timestamp() * 1000))
    return time.perf_counter() - begin


# ---- the standard library ------------------------------------------------------------------------------------------------------------


def clf_strptime(text):
    return datetime.datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")


def clf_own(text):
    """17/May/2015:10:05:03 +0000 by slices: four times as fast as strptime."""
    offset = datetime.timedelta(hours=int(text[21:24]), minutes=int(text[21] + text[24:26]))
    return datetime.datetime(
        int(text[7:11]), MONTHS[text[3:6]], int(text[:2]), int(text[12:14]), int(text[15:17]), int(text[18:20]), tzinfo=datetime.timezone(offset)
    )


def lines_of(case, file):
    return gzip.open(file, "rt", encoding="utf-8", errors="replace") if case == "combined-gz" else open(file, encoding="utf-8", errors="replace")


def regex(clf):
    def run(check, case, file):
        with lines_of(case, file) as lines:
            for line in lines:
                match = COMBINED.fullmatch(line)
                if not match:
                    check.rejects += 1
                    continue
                client, ident, user, stamp, method, target, protocol, status, size, referer, agent = match.groups()
                row = (client, ident, user, clf(stamp), method, target, protocol, int(status), None if size == "-" else int(size), referer, agent)
                check.access(row[7], row[8] or 0, int(row[3].timestamp() * 1000))

    return run


def rfc3339(text):
    return datetime.datetime.fromisoformat(text[:26] + "+00:00")  # nanoseconds are lost


def json_objects(loads):
    def run(check, case, file):
        with open(file, "rb") as lines:
            for line in lines:
                try:
                    row = loads(line)
                except ValueError:
                    check.rejects += 1
                    continue
                row["time"] = rfc3339(row["time"])
                check.event(row["user_id"], row["latency_ms"], row["level"], int(row["time"].timestamp() * 1000))

    return run


def orjson_objects(check, case, file):
    import orjson

    json_objects(orjson.loads)(check, case, file)


def logfmt(check, case, file):
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            row = {key: plain or (quoted.encode().decode("unicode_escape") if "\\" in quoted else quoted) for key, quoted, plain in PAIR.findall(line)}
            row["time"], row["user_id"], row["status"] = rfc3339(row["time"]), int(row["user_id"]), int(row["status"])
            row["latency_ms"] = float(row["latency_ms"])
            check.event(row["user_id"], row["latency_ms"], row["level"], int(row["time"].timestamp() * 1000))


# ---- data frames: the sums are theirs, outside the time --------------------------------------------------------------------------------


def polars(check, case, file, threads, _):
    import polars as pl

    base = memory("VmRSS")
    begin = time.perf_counter()
    if case == "ndjson":
        frame = pl.read_ndjson(file).with_columns(pl.col("time").str.to_datetime(time_unit="ns", time_zone="UTC"))
    else:
        lines = pl.read_csv(file, has_header=False, new_columns=["line"], separator="\x01", quote_char=None, schema_overrides=[pl.String], encoding="utf8-lossy")
        frame = lines.select(pl.col("line").str.extract_groups(COMBINED_PLAIN)).unnest("line")
        frame.columns = NAMES
        frame = frame.with_columns(
            pl.col("status").cast(pl.Int64),
            pl.col("bytes").cast(pl.Int64, strict=False),
            pl.col("time").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_zone="UTC"),
        )
    seconds, peak = time.perf_counter() - begin, memory("VmHWM")
    frame = frame.filter(pl.col("time").is_not_null())
    check.rows = len(frame)
    check.time(frame["time"].dt.timestamp("ms").min())
    check.time(frame["time"].dt.timestamp("ms").max())
    if case == "ndjson":
        check.users, check.latency, check.errors = frame["user_id"].sum(), frame["latency_ms"].sum(), (frame["level"] == "error").sum()
    else:
        check.bytes, check.ok = frame["bytes"].sum(), (frame["status"] == 200).sum()
    return seconds, base, peak


def duckdb(check, case, file, threads, _):
    import duckdb

    names = str(NAMES)
    pattern = COMBINED_PLAIN.replace("'", "''")
    queries = {
        "ndjson": f"select * replace (time::timestamp as time) from read_json('{file}', format = 'newline_delimited')",
        "combined": f"""
            select l.client, l.ident, l.user, strptime(l.time, '%d/%b/%Y:%H:%M:%S %z') as time, l.method, l.target, l.protocol,
                   try_cast(l.status as bigint) as status, try_cast(l.bytes as bigint) as bytes, l.referer, l.user_agent
            from (select regexp_extract(line, '{pattern}', {names}) as l
                  from read_csv('{file}', columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', header = false, ignore_errors = true))
            where l.time <> ''""",
    }
    base = memory("VmRSS")
    with duckdb.connect() as db:
        db.execute(f"set threads = {threads}")
        db.execute("set timezone = 'UTC'")
        begin = time.perf_counter()
        db.execute("create table logs as " + queries["ndjson" if case == "ndjson" else "combined"])
        seconds, peak = time.perf_counter() - begin, memory("VmHWM")
        check.rows, first, last = db.execute("select count(*), epoch_us(min(time)), epoch_us(max(time)) from logs").fetchone()
        check.time(first // 1000)
        check.time(last // 1000)
        if case == "ndjson":
            sums = "select sum(user_id)::bigint, sum(latency_ms), count(*) filter (level = 'error') from logs"
            check.users, check.latency, check.errors = db.execute(sums).fetchone()
        else:
            check.bytes, check.ok = db.execute("select sum(bytes)::bigint, count(*) filter (status = 200) from logs").fetchone()
    return seconds, base, peak


# ------------------------------------------------------------------------------------------------------------------------------------------


def memory(key):
    """A line of /proc/self/status in KiB; 0 where there is none."""
    try:
        with open("/proc/self/status") as status:
            return int(next(line for line in status if line.startswith(key)).split()[1])
    except OSError:
        return 0


def timed(work):
    def run(check, case, file, threads, _):
        base = memory("VmRSS")
        begin = time.perf_counter()
        work(check, case, file)
        return time.perf_counter() - begin, base, memory("VmHWM")

    return run


PROGRAMS = {
    "sawlog": sawlog_batches,
    "re": timed(regex(clf_strptime)),
    "re-fast": timed(regex(clf_own)),
    "json": timed(json_objects(json.loads)),
    "orjson": timed(orjson_objects),
    "logfmt": timed(logfmt),
    "polars": polars,
    "duckdb": duckdb,
}


def main(program, case, file, threads, definition):
    check = Check()
    try:
        seconds, base, peak = PROGRAMS[program](check, case, file, int(threads), definition)
    except ModuleNotFoundError as missing:
        sys.exit(f"not installed: {missing.name}")
    result = {"name": "python " + program, "case": case, "rows": check.rows, "rejects": check.rejects, "check": check.text(case)}
    print(json.dumps({**result, "seconds": seconds, "base_kb": base, "peak_kb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
