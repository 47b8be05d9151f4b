package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A log is the state behind the lines: its clock and its dice.
type log struct {
	dice  *rand.Rand
	clock time.Time
	line  []byte
}

// kinds are what can be written: a function that appends one line to l.line, and the awkward lines of that kind.
var kinds = map[string]struct {
	line    func(l *log)
	awkward []string
}{
	"combined": {(*log).combined, awkwardCombined},
	"ndjson":   {(*log).ndjson, awkwardNDJSON},
	"logfmt":   {(*log).logfmt, awkwardLogfmt},

	"ndjson-deep":    {(*log).status, nil},
	"ndjson-shapes":  {(*log).shapes, nil},
	"ndjson-escapes": {(*log).escapes, nil},
	"syslog3164":     {(*log).syslog3164, nil},
	"syslog5424":     {(*log).syslog5424, nil},
	"pattern":        {(*log).pattern, nil},
	"grok-chain":     {(*log).chain, nil},
	"cef":            {(*log).cef, nil},
	"refuse":         {(*log).refuse, nil},
}

func kindNames() []string {
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// generate writes at least limit bytes and at least n lines.
func generate(w io.Writer, kind string, seed uint64, limit int64, n int, awkward bool) error {
	k, ok := kinds[kind]
	if !ok {
		return fmt.Errorf("no kind %q; there are %s", kind, strings.Join(kindNames(), ", "))
	}
	l := &log{dice: rand.New(rand.NewPCG(seed, 0x5a3710)), clock: time.Date(2026, 3, 2, 7, 59, 58, 0, time.UTC)}
	var written int64
	for i := 0; written < limit || i < n; i++ {
		l.line = l.line[:0]
		if odd := i / 25; awkward && i%25 == 12 && odd < len(k.awkward) {
			l.line = append(append(l.line, k.awkward[odd]...), '\n')
		} else {
			k.line(l)
		}
		written += int64(len(l.line))
		if _, err := w.Write(l.line); err != nil {
			return err
		}
	}
	return nil
}

func (l *log) chance(percent float64) bool { return l.dice.Float64()*100 < percent }

func pick[T any](l *log, from []T) T { return from[l.dice.IntN(len(from))] }

// often picks early elements more often than late ones.
func often[T any](l *log, from []T) T {
	return from[min(l.dice.IntN(len(from)), l.dice.IntN(len(from)))]
}

func (l *log) text(parts ...string) {
	for _, part := range parts {
		l.line = append(l.line, part...)
	}
}

func (l *log) number(n int) { l.line = strconv.AppendInt(l.line, int64(n), 10) }

// ---- access log, combined format ------------------------------------------------------------------------------------------------

var (
	berlin   = time.FixedZone("", 3600)
	sections = []string{"/articles/", "/tags/", "/assets/img/", "/shop/items/", "/api/v2/basket/", "/forum/thread/", "/downloads/release-", "/people/"}
	words    = []string{"garden", "timber", "harbour", "winter", "lantern", "copper", "meadow", "orchard", "granite", "saffron", "willow", "anchor"}
	suffixes = []string{"", ".html", "?page=2", "?ref=feed&lang=en", ".png", ".css", "/comments", "?q=oak+board"}
	methods  = []string{"GET", "GET", "GET", "GET", "GET", "GET", "POST", "HEAD"}
	statuses = []int{200, 200, 200, 200, 200, 200, 200, 304, 304, 301, 404, 206, 302, 403, 500}
	referers = []string{"-", "https://sawmill.example/", "https://sawmill.example/articles/index.html", "https://search.example/find?q=seasoned+oak", "https://news.example/item?id=40412"}
	agents   = []string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Safari/605.1.15",
		"Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)",
		"FeedReader/4.3 (Linux; 1 subscriber)",
		"curl/8.14.1",
		"-",
	}
)

func (l *log) combined() {
	l.clock = l.clock.Add(time.Duration(l.dice.IntN(500)) * time.Millisecond)
	if l.chance(6) {
		l.line = fmt.Appendf(l.line, "2001:db8:%x::%x", l.dice.IntN(1<<16), l.dice.IntN(1<<16))
	} else {
		l.text("100.")
		l.number(64 + l.dice.IntN(64)) // RFC 6598: nobody's address
		l.text(".")
		l.number(l.dice.IntN(256))
		l.text(".")
		l.number(l.dice.IntN(256))
	}
	if l.chance(3) {
		l.text(" - ", pick(l, words), " [")
	} else {
		l.text(" - - [")
	}
	l.line = l.clock.In(berlin).AppendFormat(l.line, "02/Jan/2006:15:04:05 -0700")
	l.text("] \"", pick(l, methods), " ", pick(l, sections), pick(l, words), "-", pick(l, words), "-")
	l.number(l.dice.IntN(100_000))
	status := often(l, statuses)
	l.text(often(l, suffixes), " HTTP/1.1\" ")
	l.number(status)
	if status == 304 || l.chance(1) {
		l.text(" - \"")
	} else {
		l.text(" ")
		l.number(l.dice.IntN(1 << (6 + l.dice.IntN(14))))
		l.text(" \"")
	}
	l.text(often(l, referers), "\" \"")
	if l.chance(0.05) {
		l.text(`Reader \"offline edition\" \\ 2`, "\"\n")
	} else {
		l.text(often(l, agents), "\"\n")
	}
}

var awkwardCombined = []string{
	`203.0.113.9 - - [02/Mar/2026:09:00:01 +0100] "-" 408 - "-" "-"`,
	`203.0.113.77 - - [02/Mar/2026:09:00:02 +0100] "\x16\x03\x01\x02\x00\x01\x00" 400 157 "-" "-"`,
	`198.51.100.23 - - [02/Mar/2026:09:00:03 +0100] "GET /search?q=\"two words\" HTTP/1.1" 200 812 "-" "quoted \"agent\""`,
	`198.51.100.24 - - [02/Mar/2026:09:00:04 +0100] "GET /articles/oak.html HTTP/1.1" 200 5120 "https://sawmill.exam`,
	``,
	`*** log rotated, 14 days kept ***`,
	"198.51.100.25 - - [02/Mar/2026:09:00:05 +0100] \"GET /caf\xc3\xa9/men\xc3\xbc HTTP/1.1\" 200 64 \"-\" \"curl/8.14.1\"",
	"198.51.100.26 - - [02/Mar/2026:09:00:06 +0100] \"GET /latin-1/caf\xe9 HTTP/1.1\" 404 0 \"-\" \"curl/8.14.1\"",
	`198.51.100.27 - "frank \"o\" malley" [02/Mar/2026:09:00:07 +0100] "GET / HTTP/1.0" 401 381 "-" "-"`,
	`198.51.100.28 - - [31/Feb/2026:09:00:08 +0100] "GET / HTTP/1.1" 200 12 "-" "-"`,
	`198.51.100.29 - - [02/Mar/2026:09:00:09 +0100] "GET / HTTP/1.1" OK 12 "-" "-"`,
}
