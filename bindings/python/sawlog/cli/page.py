"""A report as one HTML file: no script, nothing that is loaded from elsewhere."""

import datetime
import html
import json
from typing import Any, List

from ..reader import Reader
from .options import size
from .summary import Numbers, Summary, Texts, Times

STYLE = """
:root { color-scheme: light dark; --line: #8884; --bar: #3b7dd8; --soft: #8882; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .2rem .6rem .2rem 0; text-align: left;
   border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { overflow-wrap: anywhere; font-size: .9em; }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; } .card { background: var(--soft); border-radius: .5rem; padding: .6rem 1rem; }
.card b { display: block; font-size: 1.3rem; } .columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1.5rem; }
.meter { background: var(--bar); height: .5rem; border-radius: .25rem; min-width: 1px; } svg rect { fill: var(--bar); } small { opacity: .7; }
"""
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title><style>%s</style></head>
"""
TOP = 8


def page(source: str, reader: Reader, summary: Summary) -> str:
    stats = reader.stats
    cards = [
        ("{:,}".format(summary.rows), "records"),
        ("{:,}".format(stats.rejected), "rejects"),
        ("{:,}".format(stats.lines), "lines"),
        (size(stats.bytes), "of text"),
        (html.escape(reader.format or "own definition"), "format"),
    ]
    parts = [
        "<h1>%s</h1>" % html.escape(source),
        '<div class="cards">%s</div>' % "".join('<div class="card"><b>%s</b>%s</div>' % card for card in cards),
    ]
    for name, seen in summary.columns.items():
        if isinstance(seen, Times) and seen.bars:
            parts += ["<h2>%s</h2>" % html.escape(name), _timeline(seen)]
    if summary.messages and len(summary.templates):
        parts += ["<h2>What the messages were made from</h2>", _templates(summary)]
    parts += [
        "<h2>Columns</h2>",
        '<div class="columns">%s</div>' % "".join(_column(name, seen, summary.rows) for name, seen in summary.columns.items()),
    ]
    if stats.rejected:
        parts += ["<h2>Lines that are no records</h2>", _rejects(summary, stats)]
    parts += ["<h2>How it was read</h2>", "<p><code>%s</code></p>" % html.escape(json.dumps(reader.definition, ensure_ascii=False))]
    return HEAD % (html.escape(source), STYLE) + "<body>\n%s\n</body></html>\n" % "\n".join(parts)


def _timeline(seen: Times) -> str:
    first, last, most = min(seen.bars), max(seen.bars), max(seen.bars.values())
    bars: List[str] = []
    for bar in range(first, last + 1):
        count = seen.bars.get(bar, 0)
        if count:
            high = max(100 * count / most, 1)
            bars.append(
                '<rect x="%d" y="%.1f" width="8" height="%.1f"><title>%s: %d</title></rect>'
                % ((bar - first) * 9, 100 - high, high, _moment(bar * seen.width), count)
            )
    picture = '<svg viewBox="0 0 %d 100" width="100%%" height="120" preserveAspectRatio="none" role="img" aria-label="records over time">%s</svg>'
    legend = "<small>%s to %s, a bar is %s, at most %d records</small>" % (
        _moment(first * seen.width),
        _moment((last + 1) * seen.width),
        _span(seen.width),
        most,
    )
    return picture % ((last - first + 1) * 9, "".join(bars)) + legend


def _moment(nanoseconds: int) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=nanoseconds // 1000)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _span(nanoseconds: int) -> str:
    seconds = nanoseconds // 1_000_000_000
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds % length == 0:
            return "%d %s%s" % (seconds // length, unit, "" if seconds == length else "s")
    return "%d s" % seconds


def _column(name: str, seen: Any, rows: int) -> str:
    nulls = " <small>%d %% null</small>" % round(100 * seen.nulls / rows) if rows and seen.nulls else ""
    title = "<h3>%s%s</h3>" % (html.escape(name), nulls)
    if isinstance(seen, Times):
        return ""
    return "<div>%s%s</div>" % (title, _numbers(seen) if isinstance(seen, Numbers) else _texts(seen, rows))


def _numbers(seen: Numbers) -> str:
    if seen.low is None or seen.high is None:
        return "<small>no values</small>"
    half, most, nearly = seen.quantiles(0.5, 0.95, 0.99)
    rows = (("least", seen.low), ("mean", seen.mean), ("median", half), ("95 %", most), ("99 %", nearly), ("greatest", seen.high))
    return "<table>%s</table>" % "".join('<tr><td>%s</td><td class="n">%s</td></tr>' % (label, "{:,.6g}".format(value)) for label, value in rows)


def _texts(seen: Texts, rows: int) -> str:
    if not seen.counts:
        return "<small>no values</small>"
    lines = []
    for value, count in seen.counts.most_common(TOP):
        share = 100 * count / rows
        text = html.escape(str(value)[:200]) or "<i>empty</i>"
        lines.append(
            '<tr><td><code>%s</code><div class="meter" style="width:%.1f%%"></div></td><td class="n">%s</td></tr>'
            % (text, share, "{:,}".format(count))
        )
    more = len(seen.counts) - TOP
    note = "<small>%s%d different values</small>" % ("more than " if seen.others else "", len(seen.counts)) if more > 0 else ""
    return "<table>%s</table>%s" % ("".join(lines), note)


def _templates(summary: Summary) -> str:
    rows = [
        '<tr><td class="n">%s</td><td><code>%s</code></td></tr>' % ("{:,}".format(one.count), html.escape(one.text[:500]))
        for one in summary.templates.list()[:25]
    ]
    return "<table>%s</table>" % "".join(rows)


def _rejects(summary: Summary, stats: Any) -> str:
    counts = ", ".join("%s %s" % ("{:,}".format(count), html.escape(fault)) for fault, count in stats.rejects.items())
    row = '<tr><td class="n">%d</td><td>%s</td><td><code>%s</code></td></tr>'
    rows = [row % (one.line, html.escape(one.fault), html.escape(one.text[:300])) for one in summary.rejects]
    head = '<tr><th class="n">line</th><th>why</th><th>text</th></tr>'
    return "<p>%s</p><table>%s%s</table>" % (counts, head, "".join(rows))
