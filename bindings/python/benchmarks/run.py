"""sawlog from Python under measurement."""

from contract import main

import sawlog

BATCHES = """combined combined-gz combined-real ndjson ndjson-deep ndjson-shapes ndjson-escapes logfmt syslog3164 syslog5424 pattern grok grok-chain cef refuse""".split()


def opened(run, parser):
    return sawlog.open(run.file, parser, threads=run.threads)


def batches(run):
    parser = sawlog.Parser(run.definition)  # compiling is not measured, for nobody
    with run:
        for batch in opened(run, parser):
            len(batch.rejects)
    for batch in opened(run, parser):  # once more for the check, so that its time is nobody's
        add(run.sums, batch)


def count(sums, batch):
    sums.rows += len(batch)
    sums.rejects += len(batch.rejects)


def add(sums, batch):
    count(sums, batch)
    if not len(batch):
        return
    for i, (op, name, value) in enumerate(sums.terms):
        column = batch[name]
        if op == "sum":
            sums.totals[i] += sum(memoryview(column).tolist())
        elif op == "is":
            sums.totals[i] += column.to_pylist().count(int(value) if value.isdigit() else value)
        elif op == "chars":
            sums.totals[i] += sum(len(text) for text in column if text is not None)
        elif op == "items":
            sums.totals[i] += len(column.children[0])
        elif op == "params":
            sums.totals[i] += len(column.children[1].children[0])
        else:
            times = [ns for ns, known in zip(memoryview(column).tolist(), column) if known is not None]
            if times:
                sums.span(min(times) // 1_000_000)
                sums.span(max(times) // 1_000_000)


def add_row(sums, size, status, target):
    sums.rows += 1
    sums.totals[0] += size or 0
    sums.totals[1] += status == 200
    sums.totals[2] += len(target or "")


def columns(run):
    parser = sawlog.Parser(run.definition)
    with run:
        for batch in opened(run, parser):
            for values in zip(batch["bytes"], batch["status"], batch["target"]):
                add_row(run.sums, *values)
            run.sums.rejects += len(batch.rejects)


def rows(run):
    parser = sawlog.Parser(run.definition)
    with run:
        for batch in opened(run, parser):
            for row in batch.rows():
                add_row(run.sums, row["bytes"], row["status"], row["target"])
            run.sums.rejects += len(batch.rejects)


def rows_json(run):
    parser = sawlog.Parser(run.definition)
    with run:
        for batch in opened(run, parser):
            batch.to_json(lines=True)
            count(run.sums, batch)


def templates(run):
    parser = sawlog.Parser(run.definition)
    found = sawlog.Templates()
    with run:
        for batch in opened(run, parser):
            found.add_column(batch["message"])
            count(run.sums, batch)


def lines(name):
    def work(run):
        parse = getattr(sawlog.Parser(run.definition), name)
        with open(run.file, encoding="utf-8") as file:
            texts = file.readlines()
        with run:
            for text in texts:
                row = parse(text)
                if row is None:
                    run.sums.rejects += 1
                else:
                    add_row(run.sums, row["bytes"], row["status"], row["target"])

    return work


main(
    [
        ("**sawlog** from Python", "sawlog", BATCHES, batches, {"twice": True}),
        ("**sawlog** from Python, columns", "columns", ["rows"], columns, {"twice": True}),
        ("**sawlog** from Python, rows()", "rows", ["rows"], rows, {"twice": True}),
        ("**sawlog** from Python, to_json", "json", ["rows-json"], rows_json, {"twice": True}),
        ("**sawlog** from Python", "templates", ["templates"], templates, {"twice": True}),
        ("**sawlog** from Python, parse_line", "line", ["line"], lines("parse_line"), {}),
        ("**sawlog** from Python, parse_row", "row", ["line"], lines("parse_row"), {}),
    ]
)
