"""Lines for the tests, made here: nothing is looked up elsewhere."""

import json
import random

LINE = '203.0.113.7 - anna [05/Mar/2026:14:20:31 +0100] "GET /shop/item?id=7 HTTP/1.1" 200 5120 "https://shop.example/" "Mozilla/5.0 (X11; Linux)"'
DASHES = '198.51.100.2 - - [05/Mar/2026:14:20:32 +0100] "HEAD / HTTP/1.0" 304 - "-" "-"'
NOT_A_LINE = "segfault at 0 ip 0000000000400b2c"

AGENTS = ["curl/8.5.0", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "-", "Googlebot/2.1 (+http://www.google.com/bot.html)"]
METHODS = ["GET", "GET", "GET", "POST", "HEAD", "PUT"]
STATUSES = [200, 200, 200, 301, 404, 500]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def access(count, seed=1, bad=0):
    """count lines of the combined format, of which every bad-th (0: none) is no record."""
    pick = random.Random(seed)
    lines = []
    for i in range(count):
        if bad and i % bad == bad - 1:
            lines.append("line %d is none" % i)
            continue
        second = i % 86400
        lines.append(
            '10.%d.%d.%d - %s [%02d/%s/2026:%02d:%02d:%02d +0000] "%s /path/%d/%s HTTP/1.1" %d %s "%s" "%s"'
            % (
                i % 250,
                pick.randrange(256),
                pick.randrange(256),
                pick.choice(["-", "-", "bob"]),
                1 + i // 86400 % 28,
                MONTHS[i // 86400 // 28 % 12],
                second // 3600,
                second // 60 % 60,
                second % 60,
                pick.choice(METHODS),
                i,
                "x" * pick.randrange(40),
                pick.choice(STATUSES),
                pick.choice(["-", str(pick.randrange(100000))]),
                pick.choice(["-", "https://example.org/%d" % pick.randrange(9)]),
                pick.choice(AGENTS),
            )
        )
    return ("\n".join(lines) + "\n").encode() if lines else b""


def events(count, seed=1):
    """count JSON lines with numbers, texts, nested objects, nulls and arrays."""
    pick = random.Random(seed)
    lines = []
    for i in range(count):
        event = {
            "ts": "2026-03-05T14:20:%02d.%03dZ" % (i % 60, i % 1000),
            "level": pick.choice(["info", "warn", "error"]),
            "n": i,
            "ratio": i / 8,
            "ok": bool(i % 3),
            "user": {"id": i % 100, "name": "u%d" % (i % 7)} if i % 5 else None,
            "tags": ["a", str(i % 3)],
            "msg": "event number %d %s" % (i, "ü€" * (i % 4)),
        }
        lines.append(json.dumps(event, ensure_ascii=bool(i % 2)))
    return ("\n".join(lines) + "\n").encode()


def pairs(count):
    """count lines of logfmt."""
    return b"".join(b'time=2026-03-05T14:20:%02dZ level=info msg="request %d done" status=200 took=1.5ms\n' % (i % 60, i) for i in range(count))
