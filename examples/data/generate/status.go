package main

import "strconv"

// status is what a proxy tells of itself once in a while: one object of some 300 leaves, nested four deep.
func (l *log) status() {
	e := l.event()
	l.text(`{"time":"`)
	l.line = e.time.AppendFormat(l.line, "2006-01-02T15:04:05.000Z")
	l.text(`","node":"`, pick(l, hosts), `","version":"3.2.1","pid":`)
	l.number(300 + l.dice.IntN(60_000))
	l.text(`,"connections":`)
	l.counts("accepted", "dropped", "active", "idle")
	l.text(`,"tls":`)
	l.counts("handshakes", "failed", "reused")
	l.text(`,"requests":`)
	l.counts("total", "current")
	l.text(`,"zones":{`)
	l.each([]string{"shop", "basket", "search", "static", "admin", "api", "login", "images"}, func() {
		l.text(`"processing":`)
		l.number(l.dice.IntN(40))
		l.text(`,"responses":`)
		l.counts("1xx", "2xx", "3xx", "4xx", "5xx", "total")
		l.text(`,"received":`)
		l.number(l.dice.IntN(1 << 40))
		l.text(`,"sent":`)
		l.number(l.dice.IntN(1 << 40))
	})
	l.text(`},"caches":{`)
	l.each([]string{"pages", "images", "prices"}, func() {
		l.text(`"cold":`, strconv.FormatBool(l.chance(20)), `,"ratio":`)
		l.line = strconv.AppendFloat(l.line, float64(l.dice.IntN(1000))/1000, 'f', 3, 64)
		for _, kind := range []string{"hit", "miss", "expired", "bypass"} {
			l.text(`,"`, kind, `":`)
			l.counts("responses", "bytes")
		}
	})
	l.text(`},"upstreams":{`)
	l.each([]string{"pay", "stock", "mail", "search", "auth", "media", "print", "tax"}, func() {
		l.text(`"server":"192.0.2.`)
		l.number(l.dice.IntN(256))
		l.text(`:8080","state":"`, often(l, []string{"up", "down", "draining"}), `","responses":`)
		l.counts("1xx", "2xx", "3xx", "4xx", "5xx", "total")
		l.text(`,"traffic":`)
		l.counts("requests", "sent", "received", "fails")
		l.text(`,"health":{"last":{"passed":`, strconv.FormatBool(!l.chance(2)), `,"took_ms":`)
		l.line = strconv.AppendFloat(l.line, float64(l.dice.IntN(90_000))/1000, 'f', 3, 64)
		l.text(`},"checks":`)
		l.number(l.dice.IntN(100_000))
		l.text(`}`)
	})
	l.text("}}\n")
}

// counts writes an object of counters.
func (l *log) counts(names ...string) {
	for i, name := range names {
		l.text([]string{"{", ","}[min(i, 1)], `"`, name, `":`)
		l.number(l.dice.IntN(1 << (4 + l.dice.IntN(30))))
	}
	l.text("}")
}

// each writes objects under names.
func (l *log) each(names []string, object func()) {
	for i, name := range names {
		if i > 0 {
			l.text(",")
		}
		l.text(`"`, name, `":{`)
		object()
		l.text("}")
	}
}
