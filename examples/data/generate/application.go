package main

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// One record of an application's log: written as JSON or as logfmt, with the same values.
type event struct {
	time                       time.Time
	level, logger, caller, msg string
	requestID                  [16]byte
	userID                     int
	method, path               string
	status                     int
	micros                     int
	err                        string
}

var (
	callers = []struct{ logger, caller string }{
		{"http", "web/handler.go:118"}, {"basket", "shop/basket.go:57"}, {"stock", "shop/stock.go:203"},
		{"mail", "notify/mail.go:31"}, {"auth", "user/login.go:92"}, {"jobs", "worker/queue.go:144"},
	}
	messages = []string{"request served", "basket updated", "stock level read", "mail handed over", "password accepted", "job finished",
		"page taken from cache", "price list loaded", "address confirmed", "parcel label printed"}
	oddMessages = []string{"field \"quantity\" is not a number", "first line\nsecond line", "share \\\\store\\orders mounted", "na\u00efve caf\u00e9 \u2615 order",
		"column\tseparated"}
	failures = []string{"connection reset by peer", "deadline exceeded", "no rows in result set", "unexpected end of file", "out of stock"}
	routes   = []string{"/api/v2/basket/", "/api/v2/items/", "/api/v2/orders/", "/healthz", "/login", "/assets/app.js"}
)

func (l *log) event() event {
	l.clock = l.clock.Add(time.Duration(1000 + l.dice.IntN(20_000_000)))
	where := pick(l, callers)
	e := event{time: l.clock, level: "info", logger: where.logger, caller: where.caller, msg: pick(l, messages), userID: 1 + l.dice.IntN(3_000_000),
		method: pick(l, methods), path: pick(l, routes), status: often(l, []int{200, 200, 200, 200, 201, 204, 304, 404}), micros: 40 + l.dice.IntN(800_000)}
	for i := 0; i < 16; i += 8 {
		bits := l.dice.Uint64()
		for j := range 8 {
			e.requestID[i+j] = byte(bits >> (8 * j))
		}
	}
	if strings.HasSuffix(e.path, "/") {
		e.path += strconv.Itoa(l.dice.IntN(100_000))
	}
	switch {
	case l.chance(5):
		e.level, e.status, e.err = "error", pick(l, []int{500, 502, 503}), pick(l, failures)
	case l.chance(20):
		e.level = pick(l, []string{"debug", "warn"})
	}
	if l.chance(2) {
		e.msg = pick(l, oddMessages)
	}
	return e
}

func (l *log) ndjson() {
	e := l.event()
	l.object(&e, func(string) {})
}

// object writes an event as JSON. before may write members in front of some of its own.
func (l *log) object(e *event, before func(key string)) {
	l.text(`{"time":"`)
	l.line = e.time.AppendFormat(l.line, "2006-01-02T15:04:05.000000000Z")
	l.text(`","level":"`, e.level, `","logger":"`, e.logger, `","caller":"`, e.caller)
	before("message")
	l.text(`","message":`)
	quoted, _ := json.Marshal(e.msg)
	l.line = append(l.line, quoted...)
	l.text(`,"request_id":"`)
	l.line = hex.AppendEncode(l.line, e.requestID[:])
	before("user_id")
	l.text(`","user_id":`)
	l.number(e.userID)
	l.text(`,"method":"`, e.method, `","path":"`, e.path)
	before("status")
	l.text(`","status":`)
	l.number(e.status)
	l.text(`,"latency_ms":`)
	l.line = strconv.AppendFloat(l.line, float64(e.micros)/1000, 'f', 3, 64)
	if e.err != "" {
		l.text(`,"error":"`, e.err, `"`)
	}
	l.text("}\n")
}

// shapes is ndjson in ten thousand shapes: each record has some of fourteen more keys.
func (l *log) shapes() {
	const shapes = 10_000
	e, shape, next := l.event(), l.dice.IntN(shapes), 0
	tags := []string{"region", "zone", "host", "pod", "container", "build"}
	l.object(&e, func(string) {
		for range 5 {
			if shape>>next&1 == 1 {
				l.text(`","tag_`, tags[next%len(tags)], strconv.Itoa(next), `":"`, words[next%len(words)])
			}
			next++
		}
	})
}

// escapes is ndjson with a page of text in each message, in which nothing is far from an escape.
func (l *log) escapes() {
	e := l.event()
	var page strings.Builder
	for range 40 {
		page.WriteString(pick(l, words) + "\t\"" + pick(l, words) + "\" \\" + pick(l, words) + " caf\u00e9\u2028 at <" + pick(l, words) + ">\n")
	}
	e.msg = page.String()
	l.object(&e, func(string) {})
}

func (l *log) logfmt() {
	e := l.event()
	l.text("time=")
	l.line = e.time.AppendFormat(l.line, "2006-01-02T15:04:05.000000000Z")
	l.text(" level=", e.level, " logger=", e.logger, " caller=", e.caller, " message=")
	l.line = appendLogfmt(l.line, e.msg)
	l.text(" request_id=")
	l.line = hex.AppendEncode(l.line, e.requestID[:])
	l.text(" user_id=")
	l.number(e.userID)
	l.text(" method=", e.method, " path=", e.path, " status=")
	l.number(e.status)
	l.text(" latency_ms=")
	l.line = strconv.AppendFloat(l.line, float64(e.micros)/1000, 'f', 3, 64)
	if e.err != "" {
		l.text(" error=")
		l.line = appendLogfmt(l.line, e.err)
	}
	l.text("\n")
}

var logfmtEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)

func appendLogfmt(line []byte, value string) []byte {
	if value != "" && !strings.ContainsAny(value, " =\"\\\n\t") {
		return append(line, value...)
	}
	return append(append(append(line, '"'), logfmtEscapes.Replace(value)...), '"')
}

var awkwardNDJSON = []string{
	`{"time":"2026-03-02T08:00:00.5Z","level":"info","message":"a nested value","user_id":7,"client":{"address":"203.0.113.9","port":52144}}`,
	`{"time":"2026-03-02T08:00:00.6Z","level":"warn","message":"a list","user_id":8,"tags":["slow","retry"]}`,
	`{"time":"2026-03-02T08:00:00.7Z","level":"error","message":"cut off in the mid`,
	``,
	`panic: runtime error: index out of range [3] with length 3`,
	`["not","an","object"]`,
	`{"time":"2026-03-02T08:00:00.8Z","level":"info","message":"escapes \u00e9 \ud83d\ude00 \" \\ \/","user_id":9}`,
	`{"time":"2026-03-02T08:00:00.9Z","level":"info","message":"","user_id":null,"big":123456789012345678901234567890}`,
}

var awkwardLogfmt = []string{
	`time=2026-03-02T08:00:00.5Z level=info message="an empty value follows" referer= user_id=7`,
	`time=2026-03-02T08:00:00.6Z level=warn message="a key without a value" retried user_id=8`,
	`time=2026-03-02T08:00:00.7Z level=error message="no closing quote user_id=9`,
	``,
	`time=2026-03-02T08:00:00.8Z level=info message="escapes \" \\ \n \u00e9" user_id=10`,
}
