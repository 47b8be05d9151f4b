"""What one would use in Python without sawlog, under measurement.

Each line becomes a tuple or dict of typed values, which is dropped, so that memory does not count against it. Packages come from
requirements.txt; what is not here is said in the list.
"""

import datetime
import gzip
import importlib.util
import json
import re

from contract import main

# ---- Regular expressions ---------------------------------------------------------------------------------------------------------------

QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
ACCESS = r'(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[\d.]+)" (\d{3}) (\d+|-) %s %s' % (QUOTED, QUOTED)
# the same for engines that do not backtrack
ACCESS_PLAIN = r'^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[\d.]+)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$'
NAMES = ["client", "ident", "user", "time", "method", "target", "protocol", "status", "bytes", "referer", "user_agent"]
GROK = (
    r"(\S+) (\S+) (\S+) \[(\d{2}/\w{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "
    r'"(?:(\w+) (\S+)(?: HTTP/(\d+(?:\.\d+)?))?|(.*?))" (\d+) (?:(\d+)|-) ("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")'
)
BSD = r"<(\d{1,3})>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^:\[]+)(?:\[(\d+)\])?: (.*)"
BSD_MESSAGE = r"^<\d{1,3}>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ [^:\[]+(?:\[\d+\])?: (?P<message>.*)$"
RFC5424 = r"<(\d{1,3})>(\d+) (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\"\]]|%s)*\])+) ?(.*)" % QUOTED
PARAM = re.compile(r"(\S+?)=" + QUOTED)
LOG4J = r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (\w+) +\[([^\]]*)\] ([^:]+): (.*)"
CHAIN = r"(.*?) (.*?) (.*?) (.*?) (.*) \[(\w+)\]"
CEF = r"CEF:(\d+)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|(.*)"
EXTENSION = re.compile(r"(\w+)=((?:[^=\\]|\\.)*?)(?=\s\w+=|\s*$)")
PAIR = re.compile(r"(\w+)=(?:%s|(\S*))" % QUOTED)

MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
UTC = datetime.timezone.utc


def milliseconds(time):
    return int(time.timestamp() * 1000)


def clf(text):
    return datetime.datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")


def clf_own(text):
    """17/May/2015:10:05:03 +0000 by slices: four times as fast as strptime."""
    offset = datetime.timedelta(hours=int(text[21:24]), minutes=int(text[21] + text[24:26]))
    return datetime.datetime(
        int(text[7:11]), MONTHS[text[3:6]], int(text[:2]), int(text[12:14]), int(text[15:17]), int(text[18:20]), tzinfo=datetime.timezone(offset)
    )


def rfc3339(text):
    return datetime.datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00")  # nanoseconds are lost


# Each takes the groups of a match and gives what is added up, and the time last.


def access_row(time):
    def row(client, ident, user, stamp, method, target, protocol, status, size, referer, agent):
        values = (client, ident, user, time(stamp), method, target, protocol, int(status), None if size == "-" else int(size), referer, agent)
        return values[8] or 0, values[7] == 200, len(target), values[3]

    return row


def grok_row(client, ident, auth, stamp, verb, request, version, raw, response, size, referrer, agent):
    return int(size or 0), int(response) == 200, len(request or ""), clf(stamp)


def bsd_row(priority, stamp, host, app, pid, message):
    time = datetime.datetime.strptime("2026 " + stamp, "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
    return int(priority) & 7, len(app), len(message), time


def rfc5424_row(priority, version, stamp, host, app, pid, msgid, data, *rest):
    params = {key: value.replace('\\"', '"').replace("\\]", "]").replace("\\\\", "\\") for key, value in PARAM.findall(data)}
    return int(priority) & 7, len(msgid), len(rest[-1]), len(params), rfc3339(stamp)


def log4j_row(stamp, level, thread, logger, message):
    time = datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S,%f").replace(tzinfo=UTC)
    return level == "ERROR", len(logger), len(message), time


def chain_row(a, b, c, d, e, f):
    return len(a), len(d), len(e), len(f), None


def cef_row(version, vendor, product, product_version, event, name, severity, extension):
    pairs = {key: value.replace("\\=", "=").replace("\\\\", "\\") for key, value in EXTENSION.findall(extension)}
    time = datetime.datetime.fromtimestamp(int(pairs["rt"]) / 1000, UTC)
    return len(event), len(name), len(pairs), time


def expression(pattern, row):
    """The work of one expression, which must fit the whole line."""
    fit = re.compile(pattern + r"\n?").fullmatch

    def work(run):
        sums = run.sums
        keep = sum(term.op != "span" for term in sums.terms)
        totals = [0] * keep
        with run, lines_of(run) as lines:
            for line in lines:
                match = fit(line)
                if match is None:
                    sums.rejects += 1
                    continue
                values = row(*match.groups())
                sums.rows += 1
                for i in range(keep):
                    totals[i] += values[i]
                if values[-1] is not None:
                    sums.span(milliseconds(values[-1]))
        sums.totals[:keep] = totals

    return work


def lines_of(run):
    return (
        gzip.open(run.file, "rt", encoding="utf-8", errors="replace")
        if run.file.endswith(".gz")
        else open(run.file, encoding="utf-8", errors="replace")
    )


EXPRESSIONS = {
    **dict.fromkeys(["combined", "combined-gz", "combined-real", "refuse", "rows", "line"], expression(ACCESS, access_row(clf))),
    "syslog3164": expression(BSD, bsd_row),
    "syslog5424": expression(RFC5424, rfc5424_row),
    "pattern": expression(LOG4J, log4j_row),
    "cef": expression(CEF, cef_row),
}
OWN_TIME = expression(ACCESS, access_row(clf_own))
EXPANDED = {"grok": expression(GROK, grok_row), "grok-chain": expression(CHAIN, chain_row)}


def by_case(works):
    return lambda run: works[run.case](run)


def rows_json(dumps):
    fit = re.compile(ACCESS + r"\n?").fullmatch

    def work(run):
        write = dumps()
        with run, open(run.file, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                match = fit(line)
                if match is None:
                    run.sums.rejects += 1
                    continue
                row = dict(zip(NAMES, match.groups()))
                row["time"] = clf_own(row["time"]).isoformat()
                row["status"], row["bytes"] = int(row["status"]), None if row["bytes"] == "-" else int(row["bytes"])
                write(row)
                run.sums.rows += 1

    return work


def orjson_dumps():
    import orjson

    return orjson.dumps


def pygrok(run):
    from pygrok import Grok

    grok = Grok("%{COMBINEDAPACHELOG}")
    with run, open(run.file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = grok.match(line.rstrip("\n"))
            if found is None:
                run.sums.rejects += 1
                continue
            run.sums.rows += 1
            run.sums.totals[0] += int(found["bytes"] or 0)
            run.sums.totals[1] += int(found["response"]) == 200
            run.sums.totals[2] += len(found["request"] or "")
            run.sums.span(milliseconds(clf(found["timestamp"])))


VRL_ACCESS = '. = parse_apache_log!(.message, format: "combined")'
VRL_GROK = """
. = parse_grok!(.message, "%{COMBINEDAPACHELOG}")
.response = to_int!(.response)
.bytes = to_int(.bytes) ?? null
.timestamp = parse_timestamp!(.timestamp, "%d/%b/%Y:%H:%M:%S %z")
.
"""


def vrl(program, status, size, target):
    """The program makes a dict of a line; the rest are its keys. It takes some of the lines that "refuse" is made of."""

    def work(run):
        from pyvrl import Transform

        remap = Transform(program).remap
        sums = run.sums
        with run, open(run.file, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    row = remap({"message": line.rstrip("\n")})
                except ValueError:
                    sums.rejects += 1
                    continue
                sums.rows += 1
                sums.totals[0] += row.get(size) or 0
                sums.totals[1] += row[status] == 200
                sums.totals[2] += len(row[target])
                sums.span(milliseconds(row["timestamp"]))

    return work


# ---- JSON and logfmt -------------------------------------------------------------------------------------------------------------------


def add_event(sums, row):
    sums.rows += 1
    sums.totals[0] += row["user_id"]
    sums.totals[1] += row["latency_ms"]
    sums.totals[2] += row["level"] == "error"
    sums.totals[3] += len(row["path"])
    sums.span(milliseconds(row["time"]))


def add_status(sums, row):
    sums.rows += 1
    sums.totals[0] += row["requests"]["total"]
    sums.totals[1] += row["upstreams"]["pay"]["traffic"]["sent"]
    sums.totals[2] += row["caches"]["pages"]["ratio"]
    sums.totals[3] += row["upstreams"]["tax"]["state"] == "up"
    sums.span(milliseconds(row["time"]))


def objects(loader):
    def work(run):
        loads = loader()
        add = add_status if run.case == "ndjson-deep" else add_event
        with run, open(run.file, "rb") as lines:
            for line in lines:
                try:
                    row = loads(line)
                except ValueError:
                    run.sums.rejects += 1
                    continue
                row["time"] = rfc3339(row["time"])
                add(run.sums, row)

    return work


def orjson_loads():
    import orjson

    return orjson.loads


def msgspec_loads():
    import msgspec

    return msgspec.json.Decoder().decode


def logfmt(run):
    with run, open(run.file, encoding="utf-8") as lines:
        for line in lines:
            row = {key: plain or (json.loads('"%s"' % quoted) if "\\" in quoted else quoted) for key, quoted, plain in PAIR.findall(line)}
            row["time"], row["user_id"], row["status"] = rfc3339(row["time"]), int(row["user_id"]), int(row["status"])
            row["latency_ms"] = float(row["latency_ms"])
            add_event(run.sums, row)


def drain3(run):
    from drain3 import TemplateMiner

    miner = TemplateMiner()
    with run, open(run.file, encoding="utf-8") as lines:
        for line in lines:
            miner.add_log_message(line.rstrip("\n").split(": ", 1)[1])
            run.sums.rows += 1


def logfold(form):
    """Its templates with their counts: which line has which is not told."""

    def work(run):
        import logfold

        threads = {"strategy": "sequential"} if run.threads == 1 else {"strategy": "chunked", "threads": run.threads}
        with run:
            result = logfold.analyze(run.file, format=form, examples="none", **threads)
        run.sums.rows = sum(template.count for template in result.templates)

    return work


# ---- Data frames: the sums are theirs, outside the time ----------------------------------------------------------------------------------


def polars(run):
    import polars as pl

    with run:
        if run.case == "ndjson":
            frame = pl.read_ndjson(run.file).with_columns(pl.col("time").str.to_datetime(time_unit="ns", time_zone="UTC"))
        else:
            lines = pl.read_csv(
                run.file,
                has_header=False,
                new_columns=["line"],
                separator="\x01",
                quote_char=None,
                schema_overrides=[pl.String],
                encoding="utf8-lossy",
            )
            frame = lines.select(pl.col("line").str.extract_groups(ACCESS_PLAIN)).unnest("line")
            frame.columns = NAMES
            frame = frame.with_columns(
                pl.col("status").cast(pl.Int64),
                pl.col("bytes").cast(pl.Int64, strict=False),
                pl.col("time").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_zone="UTC"),
            )
        if run.case == "rows-json":
            frame.write_ndjson("/dev/null")
    good = frame.filter(pl.col("time").is_not_null())
    times = good["time"].dt.timestamp("ms")
    finish(run, len(good), len(frame) - len(good), times.min(), times.max(), lambda name: good[name], lambda column: column.str.len_chars().sum())


def finish(run, rows, rejects, first, last, column, characters):
    sums = run.sums
    sums.rows, sums.rejects = rows, rejects
    if not rows or not sums.terms:
        return
    sums.span(first)
    sums.span(last)
    for i, (op, name, value) in enumerate(sums.terms):
        if op == "sum":
            sums.totals[i] = column(name).sum()
        elif op == "is":
            sums.totals[i] = (column(name) == (int(value) if value.isdigit() else value)).sum()
        elif op == "chars":
            sums.totals[i] = characters(column(name))


def duckdb(run):
    import duckdb

    names = str(NAMES)
    pattern = ACCESS_PLAIN.replace("'", "''")
    read_json = f"select * replace (time::timestamp as time) from read_json('{run.file}', format = 'newline_delimited')"
    read_lines = f"""
        select l.client, l.ident, l.user, try_strptime(l.time, '%d/%b/%Y:%H:%M:%S %z') as time, l.method, l.target, l.protocol,
               try_cast(l.status as bigint) as status, try_cast(l.bytes as bigint) as bytes, l.referer, l.user_agent
        from (select regexp_extract(line, '{pattern}', {names}) as l
              from read_csv('{run.file}', columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', header = false, ignore_errors = true))"""
    json_case = run.case.startswith("ndjson")
    with duckdb.connect() as db:
        db.execute(f"set threads = {run.threads}")
        db.execute("set timezone = 'UTC'")
        with run:
            db.execute("create table logs as " + (read_json if json_case else read_lines))
        query = "select count(time), count(*) - count(time), epoch_us(min(time)), epoch_us(max(time)) from logs"
        run.sums.rows, run.sums.rejects, first, last = db.execute(query).fetchone()
        if first is not None:
            run.sums.span(first // 1000)
            run.sums.span(last // 1000)
        for i, (op, name, value) in enumerate(run.sums.terms):
            name = ".".join('"%s"' % part for part in name.split("."))
            query = {
                "sum": f"sum({name})::double",
                "is": f"count(*) filter ({name}::varchar = '{value}')",
                "chars": f"sum(length({name}))::double",
            }.get(op)
            if query:
                run.sums.totals[i] = db.execute(f"select {query} from logs").fetchone()[0] or 0


def pyarrow(run):
    import pyarrow
    import pyarrow.compute as pc
    from pyarrow import json as reader

    pyarrow.set_cpu_count(run.threads)
    pyarrow.set_io_thread_count(run.threads)
    with run:
        table = reader.read_json(run.file)
        times = pc.cast(table["time"], pyarrow.timestamp("ns", "UTC"))
    sums = run.sums
    sums.rows = len(table)
    sums.span(pc.min(times).value // 1_000_000)
    sums.span(pc.max(times).value // 1_000_000)
    for i, (op, name, value) in enumerate(sums.terms):
        if op == "span":
            continue
        column = table
        for part in name.split("."):
            column = column[part] if column is table else pc.struct_field(column, part)
        if op == "is":
            column = pc.equal(column, value)
        elif op == "chars":
            column = pc.utf8_length(column)
        sums.totals[i] = pc.sum(column).as_py()


def pandas(run):
    import pandas as pd

    with run:
        frame = pd.read_json(run.file, lines=True, convert_dates=["time"])
    times = frame["time"].astype("int64") // 1_000_000
    finish(run, len(frame), 0, int(times.min()), int(times.max()), lambda name: frame[name], lambda column: column.str.len().sum())


# ------------------------------------------------------------------------------------------------------------------------------------------


JSON = ["ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"]


def needs(package):
    return {} if importlib.util.find_spec(package) else {"missing": f"the Python package {package}"}


main(
    [
        ("Python re, strptime", "re", list(EXPRESSIONS), by_case(EXPRESSIONS), {}),
        ("Python re, own time code", "re-fast", ["combined", "combined-real", "line"], OWN_TIME, {}),
        ("Python re, the expanded pattern", "expanded", ["grok"], by_case(EXPANDED), {}),
        ("Python re, the pattern written out", "chain", ["grok-chain"], by_case(EXPANDED), {"slow": True}),
        ("Python pygrok", "pygrok", ["grok"], pygrok, needs("pygrok")),
        ("Python pyvrl", "vrl", ["combined", "combined-real", "rows", "line"], vrl(VRL_ACCESS, "status", "size", "path"), needs("pyvrl")),
        ("Python pyvrl, parse_grok", "vrl-grok", ["grok"], vrl(VRL_GROK, "response", "bytes", "request"), needs("pyvrl")),
        ("Python re, json.dumps", "re-json", ["rows-json"], rows_json(lambda: json.dumps), {}),
        ("Python re, orjson.dumps", "re-orjson", ["rows-json"], rows_json(orjson_dumps), needs("orjson")),
        ("polars extract_groups", "polars", ["combined", "combined-gz", "combined-real"], polars, {"twice": True, **needs("polars")}),
        ("polars extract_groups, write_ndjson", "polars-json", ["rows-json"], polars, {"twice": True, **needs("polars")}),
        ("duckdb regexp_extract", "duckdb", ["combined", "combined-real"], duckdb, {"twice": True, **needs("duckdb")}),
        ("Python json.loads", "json", JSON, objects(lambda: json.loads), {}),
        ("Python orjson.loads", "orjson", JSON, objects(orjson_loads), needs("orjson")),
        ("Python msgspec", "msgspec", JSON, objects(msgspec_loads), needs("msgspec")),
        ("polars read_ndjson", "polars-ndjson", ["ndjson"], polars, {"twice": True, **needs("polars")}),
        ("duckdb read_json", "duckdb-json", ["ndjson", "ndjson-deep"], duckdb, {"twice": True, **needs("duckdb")}),
        ("pyarrow read_json", "pyarrow", ["ndjson", "ndjson-deep"], pyarrow, {"twice": True, **needs("pyarrow")}),
        ("pandas read_json", "pandas", ["ndjson"], pandas, needs("pandas")),
        ("Python drain3", "drain3", ["templates"], drain3, {"slow": True, **needs("drain3")}),
        ("Rust logfold from Python, whole lines", "logfold", ["templates"], logfold("plain"), {"twice": True, **needs("logfold")}),
        (
            "Rust logfold from Python, messages",
            "logfold-messages",
            ["templates"],
            logfold("regex:" + BSD_MESSAGE),
            {"twice": True, **needs("logfold")},
        ),
        ("Python re, findall", "logfmt", ["logfmt"], logfmt, {}),
    ]
)
