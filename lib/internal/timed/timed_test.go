package timed

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func parse(t testing.TB, p *Plan, w record.Worker, text string) (rows, rejects []string) {
	t.Helper()
	if text == "" {
		return nil, nil
	}
	data := append([]byte(text), make([]byte, scan.Slack+1)...)
	n := len(text)
	if text[n-1] != '\n' {
		n++
	}
	for i := len(text); i < len(data); i++ {
		data[i] = '\n'
	}
	b := record.NewBuilder(p.Schema(), record.Heap, Present)
	b.Start(1)
	b.Begin(data, n, false)
	w.Parse(b, data, n)
	batch := b.Finish()
	for i := range batch.Len() {
		rows = append(rows, string(batch.AppendJSON(nil, i, true)))
	}
	for i := range batch.Rejects() {
		rejects = append(rejects, batch.Reject(i).Fault.String()+" "+string(batch.Reject(i).Raw))
	}
	return rows, rejects
}

func TestRecords(t *testing.T) {
	p, err := Compile(Options{Clock: timestamp.Options{Year: 2024}})
	require.NoError(t, err)
	for _, c := range []struct{ line, row string }{
		{"2026-03-05 07:09:10 INFO x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"x"}`},
		{"2026-03-05 07:09:10:DEBUG:x", `{"time":"2026-03-05T07:09:10Z","level":"DEBUG","severity":7,"message":"x"}`},
		{"2026-03-05 07:09:10 [info] x", `{"time":"2026-03-05T07:09:10Z","level":"info","severity":6,"message":"x"}`},
		{"2026-03-05 07:09:10 |  Warn | x", `{"time":"2026-03-05T07:09:10Z","level":"Warn","severity":4,"message":"x"}`},
		{"2026-03-05 07:09:10, Info                  CBS    x", `{"time":"2026-03-05T07:09:10Z","level":"Info","severity":6,"message":"CBS    x"}`},
		{"2026-03-05 07:09:10 error: x", `{"time":"2026-03-05T07:09:10Z","level":"error","severity":3,"message":"x"}`},
		{"2026-03-05 07:09:10 error in x", `{"time":"2026-03-05T07:09:10Z","message":"error in x"}`},
		{"2026-03-05 07:09:10 I x", `{"time":"2026-03-05T07:09:10Z","level":"I","severity":6,"message":"x"}`},
		{"2026-03-05 07:09:10 i x", `{"time":"2026-03-05T07:09:10Z","message":"i x"}`},
		{"2026-03-05 07:09:10 INFO [main] x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"[main] x"}`},
		{"2026-03-05 07:09:10 INFO", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":""}`},
		{"2026-03-05 07:09:10", `{"time":"2026-03-05T07:09:10Z","message":""}`},
		{"[2026-03-05 07:09:10]", `{"time":"2026-03-05T07:09:10Z","message":""}`},
		{"INFO: 2026-03-05 07:09:10 x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"x"}`},
		{"[INFO:a] b:47 2026-03-05 07:09:10,691: x", `{"time":"2026-03-05T07:09:10.691Z","level":"INFO","severity":6,"message":"[INFO:a] b:47 2026-03-05 07:09:10,691: x"}`},
		{"a b c d e f g h 2026-03-05 07:09:10 x", `{"message":"a b c d e f g h 2026-03-05 07:09:10 x"}`},
		{"===== Start of system state dump at Thu Mar  5 07:09:10 2026 =====", `{"time":"2026-03-05T07:09:10Z","message":"===== Start of system state dump at Thu Mar  5 07:09:10 2026 ====="}`},
		{"worker error: 2026-03-05 07:09:10 x", `{"time":"2026-03-05T07:09:10Z","level":"error","severity":3,"message":"worker error: 2026-03-05 07:09:10 x"}`},
		{"INFO [03-05|07:09:10.123] x  a=1", `{"time":"2024-03-05T07:09:10.123Z","level":"INFO","severity":6,"message":"x  a=1"}`},
		{"[GIN] 2026/03/05 - 07:09:10 | 200 | x", `{"time":"2026-03-05T07:09:10Z","message":"[GIN] 2026/03/05 - 07:09:10 | 200 | x"}`},
		{"[Nest] 7  - 03/05/2026, 7:09:10 PM     LOG [A] x", `{"time":"2026-03-05T19:09:10Z","level":"LOG","severity":6,"message":"[Nest] 7  - 03/05/2026, 7:09:10 PM     LOG [A] x"}`},
		{"03/05/2026-07:09:10.123456  [**] [1:2:3] x", `{"time":"2026-03-05T07:09:10.123456Z","message":"[**] [1:2:3] x"}`},
		{"03/05-07:09:10.123456  [**] [1:2:3] x", `{"time":"2024-03-05T07:09:10.123456Z","message":"[**] [1:2:3] x"}`},
		{"=INFO REPORT==== 5-Mar-2026::07:09:10 ===", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"=INFO REPORT==== 5-Mar-2026::07:09:10 ==="}`},
		{"[2026-03-05, 07:09:10 UTC] x", `{"time":"2026-03-05T07:09:10Z","message":"x"}`},
		{"[3/5/26 7:09:10:123 UTC] 0000000a WsServer x", `{"time":"2026-03-05T07:09:10.123Z","message":"0000000a WsServer x"}`},
		{"[2026.03.05-07.09.10:123][  0]x", `{"time":"2026-03-05T07:09:10.123Z","message":"[  0]x"}`},
		{"[07:09:10 INF] x", `{"time":"2024-01-01T07:09:10Z","level":"INF","severity":6,"message":"x"}`},
		{"20260305-7:9:1:606|Step|300|x", `{"time":"2026-03-05T07:09:01.606Z","message":"Step|300|x"}`},
		{"1772694550: x", `{"time":"2026-03-05T07:09:10Z","message":"x"}`}, {"1772694550:7 x", `{"message":"1772694550:7 x"}`},
		{"2026-03-05T07:09:10Z E! [outputs.a] x", `{"time":"2026-03-05T07:09:10Z","level":"E","severity":3,"message":"[outputs.a] x"}`},
		{"[2026-03-05][07:09:10][shop][INFO] x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"[shop][INFO] x"}`},
		{"2026-03-05 07:09:10.003 T:17    info <x>: y", `{"time":"2026-03-05T07:09:10.003Z","level":"info","severity":6,"message":"T:17    info <x>: y"}`}, {"2026-03-05 07:09:10 E:7 x", `{"time":"2026-03-05T07:09:10Z","message":"E:7 x"}`},
		{"L 03/05/2026 - 07:09:10: x", `{"time":"2026-03-05T07:09:10Z","message":"L 03/05/2026 - 07:09:10: x"}`},
		{"INFO[0007] x", `{"level":"INFO","severity":6,"message":"[0007] x"}`}, {"FATA[12345] x", `{"level":"FATA","severity":2,"message":"[12345] x"}`}, {"INFO[x] y", `{"message":"INFO[x] y"}`}, {"info[0007] y", `{"message":"info[0007] y"}`},
		{"[05Mar2026 07:09:10.123] [main/INFO] x", `{"time":"2026-03-05T07:09:10.123Z","message":"[main/INFO] x"}`},
		{"05Mart2026 07:09:10 x", `{"time":"2024-01-01T07:09:10Z","message":"05Mart2026 07:09:10 x"}`},
		{"26-03-05 07:09:10 INFO x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"x"}`},
		{"7:09AM INF x", `{"time":"2024-01-01T07:09:00Z","level":"INF","severity":6,"message":"x"}`}, {"12:09PM WRN x", `{"time":"2024-01-01T12:09:00Z","level":"WRN","severity":4,"message":"x"}`},
		{"[2026-03-05 07:09:10 +0100] information/cli: x", `{"time":"2026-03-05T06:09:10Z","level":"information","severity":6,"message":"cli: x"}`},
		{"   117:20260305:070910.123 x", `{"time":"2026-03-05T07:09:10.123Z","message":"   117:20260305:070910.123 x"}`},
		{"[INFO] x: y", `{"level":"INFO","severity":6,"message":"x: y"}`}, {"[warning]  x", `{"level":"warning","severity":4,"message":"x"}`}, {"ERROR: x", `{"level":"ERROR","severity":3,"message":"x"}`}, {"ERROR:", `{"level":"ERROR","severity":3,"message":""}`},
		{"[INFO]x", `{"message":"[INFO]x"}`}, {"[INFO", `{"message":"[INFO"}`}, {"[x] ERROR: y", `{"message":"[x] ERROR: y"}`}, {"error: x", `{"level":"error","severity":3,"message":"x"}`}, {"note: x", `{"message":"note: x"}`}, {"Error: x", `{"message":"Error: x"}`}, {"INFO:x", `{"message":"INFO:x"}`}, {"INFO x", `{"message":"INFO x"}`}, {"I: x", `{"message":"I: x"}`}, {"NOTE", `{"message":"NOTE"}`},
		{"07:09XM INF x", `{"message":"07:09XM INF x"}`},
		{"2026-03-05T07:09:10.123Z pid=1 tid=a3 class=Cart INFO: x", `{"time":"2026-03-05T07:09:10.123Z","level":"INFO","severity":6,"message":"pid=1 tid=a3 class=Cart INFO: x"}`},
		{"07:09:10.123 request_id=F7-z [info] GET /", `{"time":"2024-01-01T07:09:10.123Z","level":"info","severity":6,"message":"request_id=F7-z [info] GET /"}`},
		{"[1772694550] unbound[129:0] info: 192.0.2.5 x. A IN", `{"time":"2026-03-05T07:09:10Z","level":"info","severity":6,"message":"unbound[129:0] info: 192.0.2.5 x. A IN"}`},
		{"[2026-03-05 07:09:10.123] nsd-a[7]: notice: started", `{"time":"2026-03-05T07:09:10.123Z","level":"notice","severity":5,"message":"nsd-a[7]: notice: started"}`},
		{"2026-03-05 07:09:10 nsd[7]: notice of x", `{"time":"2026-03-05T07:09:10Z","message":"nsd[7]: notice of x"}`},
		{"2026-03-05 07:09:10 a[7 ERROR: x]", `{"time":"2026-03-05T07:09:10Z","message":"a[7 ERROR: x]"}`},
		{"2026-03-05 07:09:10 x=1 error in y", `{"time":"2026-03-05T07:09:10Z","message":"x=1 error in y"}`},
		{"2026-03-05 07:09:10 x=\"a ERROR: b\"", `{"time":"2026-03-05T07:09:10Z","message":"x=\"a ERROR: b\""}`},
		{"[2026-03-05T07:09:10,123] <launcher> WARN  db - x", `{"time":"2026-03-05T07:09:10.123Z","level":"WARN","severity":4,"message":"<launcher> WARN  db - x"}`},
		{"2026-03-05 07:09:10 E/Tag: x", `{"time":"2026-03-05T07:09:10Z","level":"E","severity":3,"message":"Tag: x"}`},
		{"2026-03-05 07:09:10 INFO+2 x", `{"time":"2026-03-05T07:09:10Z","level":"INFO","severity":6,"message":"+2 x"}`},
		{"2026-03-05 07:09:10 WARNING-x y", `{"time":"2026-03-05T07:09:10Z","level":"WARNING","severity":4,"message":"x y"}`},
		{"2026-03-05 07:09:10 [1:2:3] (decoder) T/TCP detected", `{"time":"2026-03-05T07:09:10Z","message":"[1:2:3] (decoder) T/TCP detected"}`},
		{"2026-03-05 07:09:10 E-mail sent", `{"time":"2026-03-05T07:09:10Z","message":"E-mail sent"}`},
		{"2026-03-05 07:09:10 INFO.LOG rotated", `{"time":"2026-03-05T07:09:10Z","message":"INFO.LOG rotated"}`},
		{"2026-03-05 07:09:10 system,error,critical login failure", `{"time":"2026-03-05T07:09:10Z","message":"system,error,critical login failure"}`},
		{"[7 - W#01-eth0] 2026-03-05 07:09:10 Warning: x", `{"time":"2026-03-05T07:09:10Z","level":"Warning","severity":4,"message":"[7 - W#01-eth0] 2026-03-05 07:09:10 Warning: x"}`},
		{"[2026-03-05 07:09:10.123 7/T8] WARNING: x", `{"time":"2026-03-05T07:09:10.123Z","level":"WARNING","severity":4,"message":"7/T8] WARNING: x"}`},
		{"[2026-03-05 07:09:10.123 7/T8] warning of x", `{"time":"2026-03-05T07:09:10.123Z","message":"7/T8] warning of x"}`},
		{"5/3/2026 -- 07:09:10 - <Notice> - x", `{"time":"2026-03-05T07:09:10Z","level":"Notice","severity":5,"message":"x"}`},
		{"mar/05/2026 07:09:10 dhcp,info x", `{"time":"2026-03-05T07:09:10Z","message":"dhcp,info x"}`},
		{"2026-03-05 07:09:10,0123456789,x", `{"time":"2026-03-05T07:09:10Z","message":"0123456789,x"}`},
		{"1,2026/03/05 07:09:10,012345678901234,TRAFFIC", `{"time":"2026-03-05T07:09:10Z","message":"1,2026/03/05 07:09:10,012345678901234,TRAFFIC"}`},
		{"x", `{"message":"x"}`}, {"caf\u00e9 07:09:10 x", `{"time":"2024-01-01T07:09:10Z","message":"café 07:09:10 x"}`},
	} {
		w := p.NewWorker()
		for _, ending := range []string{"\n", "\r\n", ""} {
			rows, rejects := parse(t, p, w, c.line+ending)
			assert.Empty(t, rejects, c.line)
			if assert.Len(t, rows, 1, c.line) {
				assert.JSONEq(t, c.row, rows[0], c.line)
			}
		}
		assert.True(t, w.Explain([]byte(c.line)).OK)
	}
	rows, rejects := parse(t, p, p.NewRecordWorker(), "2026-03-05 07:09:10 x\n  y\n")
	assert.Empty(t, rejects)
	assert.Equal(t, []string{`{"time":"2026-03-05T07:09:10Z","message":"x\n  y"}`}, rows)
}

func TestRefused(t *testing.T) {
	p, err := Compile(Options{Line: 10, Reject: true, Columns: []string{"message"}, Rename: map[string]string{"level": "l"}})
	require.NoError(t, err)
	w := p.NewWorker()
	rows, rejects := parse(t, p, w, "a\n\n\xff\n"+strings.Repeat("x", 11)+"\nb\n")
	assert.Equal(t, []string{`{"message":"a"}`, `{"message":"b"}`}, rows)
	assert.Equal(t, []string{"empty ", "bad_utf8 \xff", "too_long xxxxxxxxxx"}, rejects)
	for line, fault := range map[string]string{"": "empty", "\xff": "bad_utf8", strings.Repeat("x", 11): "too_long"} {
		assert.Equal(t, fault, w.Explain([]byte(line)).Fault)
	}
	_, err = Compile(Options{Columns: []string{"tim"}})
	assert.ErrorContains(t, err, `no field "tim"`)
	_, err = Compile(Options{Rename: map[string]string{"level": "time"}})
	assert.Error(t, err)
}

// A line has the same row alone and among others.
func FuzzLines(f *testing.F) {
	f.Add([]byte("2026-03-05 07:09:10 INFO x\r\n[ERROR Mar  5 07:09:10] y\n\n1772694550.25 z"))
	p, err := Compile(Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text []byte) {
		w := p.NewWorker()
		rows, rejects := parse(t, p, w, string(text))
		var single, refused []string
		for _, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
			if len(text) == 0 {
				continue
			}
			row, reject := parse(t, p, w, string(line)+"\n")
			single, refused = append(single, row...), append(refused, reject...)
			require.Equal(t, len(reject) == 0, w.Explain(bytes.TrimSuffix(line, []byte("\r"))).OK)
		}
		require.Equal(t, single, rows)
		require.Equal(t, refused, rejects)
	})
}
