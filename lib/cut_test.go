package sawlog

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// outcome is everything that a reading of an input gives, as text that can be compared.
type outcome struct {
	Schema        string
	Rows, Rejects []string
	Lines, Bytes  int64
}

func (o *outcome) add(b *Batch) {
	o.Schema = b.Schema().String()
	for i := range b.Len() {
		o.Rows = append(o.Rows, string(b.AppendJSON(nil, i, true)))
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		o.Rejects = append(o.Rejects, fmt.Sprintf("line %d at %d, %d bytes: %s %q", r.Line, r.Offset, r.Length, r.Fault, r.Raw))
	}
	o.Lines += b.Lines()
	o.Bytes += b.InputBytes()
	b.Release()
}

// cases are inputs made of the samples of every built-in format, with what goes wrong in real files between them.
func cases(t testing.TB) map[string]string {
	all, err := formats.All()
	require.NoError(t, err)
	inputs := map[string]string{}
	for _, f := range all {
		var lines []string
		for _, s := range f.Samples {
			lines = append(lines, s.Input)
		}
		lines = append(lines, "", "\xff\xfe bad bytes", "a\x00b", strings.Repeat("long ", 60), "caf\u00e9")
		text := strings.Join(lines, "\n")
		if f.Name == "journald_export" { // an empty line ends a record, and CR is content
			inputs[f.Name+" LF"] = strings.Join(lines, "\n\n") + "\n"
			continue
		}
		inputs[f.Name+" LF"] = text + "\n"
		inputs[f.Name+" CRLF, no last newline"] = strings.ReplaceAll(text, "\n", "\r\n")
	}
	for name, c := range moreCases {
		inputs[name] = c.input
	}
	return inputs
}

// moreCases are definitions that are more than a format.
var moreCases = map[string]struct {
	definition string
	input      string
}{
	"pieces of Docker, lines": {`{"dissect": "%{level} %{text}", "envelope": "docker_json", "limits": {"line": 250}}`, dockerLines},
	"pieces of Docker, coloured": {`{"dissect": "%{level} %{text}", "envelope": "docker_json", "strip_ansi": true, "meta": ["line", "offset", "raw"], "limits": {"line": 250}}`,
		strings.ReplaceAll(dockerLines, "half", "\x1b[31mhalf\x1b[0m")},
	"traces in syslog": {`{"dissect": "%{level} %{text}", "envelope": ["syslog", "none"], "multiline": ["java", "indent"], "constants": {"service": "shop"}, "meta": ["line"], "limits": {"line": 250}}`,
		strings.Repeat("<13>Mar  5 07:09:10 gate shop[7]: ERROR lost\n<13>Mar  5 07:09:10 gate shop[7]: \tat a.b.C(C.java:1)\nbare line\n\x11 goes on\n", 3) + "<13>Mar  5 07:09:10 gate other: no\n<13>Mar  5 07:09:10 gate shop[7]: ERROR\n"},
	"detected by lines that are not too long": {`{"format": "auto", "limits": {"line": 40}}`,
		strings.Repeat("2026-03-05 07:09:10,003 ERROR [main] org.example.Shop - cannot open\nx\n", 5)},
	"columns of the first records, in envelopes":              {`{"json": {}, "envelope": "cri", "sample_records": 2, "limits": {"line": 250}}`, sampledLines("2026-03-05T08:09:10Z stdout F ")},
	"columns of the first records of an engine, in envelopes": {`{"json": {"sample_records": 2}, "envelope": "cri", "limits": {"line": 250}}`, sampledLines("2026-03-05T08:09:10Z stdout F ")},
	"columns of the first records, of several formats":        {`{"formats": ["common", {"json": {}}], "sample_records": 2, "limits": {"line": 250}}`, sampledLines("")},
	"columns of the first records, detected":                  {`{"format": "auto", "sample_records": 2, "limits": {"line": 250}}`, sampledLines("")},
	"columns of the first bytes, unfinished":                  {`{"logfmt": {}, "sample_bytes": 20, "limits": {"line": 250}}`, "a=1 b=2\nc=3 d=4 eeee=5 f=6\nx=\"\n"},
	"columns of the first bytes":                              {`{"format": "json", "sample_bytes": 20, "limits": {"line": 250}}`, sampledLines("")},
	"columns of the first bytes, in envelopes":                {`{"json": {}, "envelope": "cri", "sample_bytes": 80, "limits": {"line": 250}}`, sampledLines("2026-03-05T08:09:10Z stdout F ")},
	"keys behind a long line": {`{"logfmt": {}, "multiline": {"start": "Error", "next": "^."}, "limits": {"line": 60}}`,
		"KeyError: lost\n" + strings.Repeat("long ", 30) + "\n  b=2 c=3\n\nplain d=4\n"},
	"long lines between traces": {`{"dissect": "%{level} %{text}", "envelope": ["syslog", "none"], "multiline": "indent", "limits": {"line": 60}}`,
		strings.Repeat("<13>Mar  5 07:09:10 gate shop[7]: ERROR lost\n<13>Mar  5 07:09:10 gate shop[7]:   text that is longer than that\n"+
			"<13>Mar  5 07:09:10 gate shop[7]:   text\nbare line\n  longer than any line may be, and not in an envelope either, whatever stands before it\r\n  on it goes\n", 2)},
	"messages of traces that wait, in CRI": {`{"dissect": "%{text}", "envelope": ["cri", "none"], "multiline": ["java", "python"], "meta": ["line", "raw"], "limits": {"line": 70}}`,
		strings.Repeat("2026-03-05T08:09:10Z stdout F x.Error: one\n2026-03-05T08:09:10Z stderr F y.Error: other\n2026-03-05T08:09:10Z stdout P two,\n2026-03-05T08:09:10Z stderr F \n"+
			"y.Error: bare\nmore\n2026-03-05T08:09:10Z stdout F \tat a.b(C:1)\n\tat c\n2026-03-05T08:09:10Z stderr F more of other\n2026-03-05T08:09:10Z stderr F Traceback (most recent call last):\n", 2)},
	"long lines and bad frames around two envelopes": {`{"dissect": "%{level} %{text}", "envelope": ["syslog", {"dissect": "%{by}>%{message}"}], "framing": "auto", "limits": {"line": 60}}`,
		strings.Repeat("<13>Mar  5 07:09:10 gate shop: me>ERROR one\n"+octets("<13>Mar  5 07:09:10 gate shop: me>ERROR two", strings.Repeat("long ", 20))+"no envelope\n99 no frame\n"+
			"<13>Mar  5 07:09:10 gate shop: me>a line that is longer than it may be\n", 2)},
	"frames of CRI, joined": {`{"dissect": "%{level} %{text}", "envelope": "cri", "framing": "octet-counting", "multiline": "indent", "meta": ["line", "offset", "raw"], "limits": {"line": 250}}`,
		octets("2026-03-05T08:09:10Z stdout P INFO one,\ntwo", "2026-03-05T08:09:10Z stderr F INFO and not two", "2026-03-05T08:09:10Z stdout F  and three",
			"2026-03-05T08:09:10Z stdout F   four") + "no frame\n" + octets(strings.Repeat("long ", 60), "2026-03-05T08:09:10Z stdout F   five", "short") + "9 cut"},
	"filtered": {`{"format": "combined", "where": {"status": ">= 400"}, "urls": ["target"], "constants": {"a": "b"}, "limits": {"line": 250}}`,
		accessLines + "\n" + strings.Repeat("x", 300) + "\r\n" + accessLines},
	"several formats": {`{"formats": ["combined", {"json": {}}, "syslog"], "where": {"status": "!= 502"}, "limits": {"line": 250}}`,
		accessLines + mixedLines + strings.Repeat("x", 300) + "\r\n\r\n" + strings.ReplaceAll(mixedLines, "\n", "\r\n") + "\xff"},
	"several formats in envelopes": {`{"formats": ["common", {"json": {}}, {"dissect": "%{a}: %{b}"}], "envelope": ["cri", "none"], "limits": {"line": 250}}`,
		"2026-03-05T08:09:10Z stdout F " + strings.ReplaceAll(mixedLines, "\n", "\n2026-03-05T08:09:10Z stdout P ") + "\n" + mixedLines},
	"several formats, joined": {`{"formats": ["combined", {"json": {}}, "syslog"], "multiline": {"start": "^\\S"}, "where": {"status": "!= 502"}, "limits": {"line": 250}}`,
		accessLines + " more\n" + mixedLines + " more\n \xff\n" + accessLines},
	"redacted": {`{"format": "combined", "redact": ["ip", "email", {"columns": ["user_agent"], "action": "hash", "key": "k"}], "urls": ["target"], "limits": {"line": 250}}`,
		accessLines + "\xff a@example.com\n" + strings.Repeat("a@example.com ", 30) + "\r\n" + accessLines},
	"pairs of several delimiters": {`{"format": "key_value", "limits": {"line": 250}}`,
		"a=1|b=two words|c=\"x|y\"\na=1, b=two, c=3\r\na=1;b=2;c=\"3;4\"\na=1 b=2 c=\"3 4\"\n\nno pair\n" + strings.Repeat("a=1|", 80) + "\na=1|b=\xff|c=3"},
	"syslog of several writers": {`{"format": "syslog", "limits": {"line": 250}}`, strings.Join([]string{
		"<134>2026-03-05T08:09:10.5+01:00 host app[12]: one", "2026-03-05T08:09:10.5+01:00 host app[12]: two\r",
		"2026-03-05 08:09:10\tLocal7.Info\t192.0.2.1\t<134>Mar  5 08:09:10 host app: three", "<189>12: *Mar  5 08:09:10.123: %SYS-5-CONFIG_I: four",
		"Mar  5 08:09:10 host app[12]: five", "2026-03-05T08:09:10.5+01:00 host app[12]: \xff", "", "not syslog", strings.Repeat("2026-03-05T08:09:11Z host app: six ", 9),
		"2026-03-05T08:09:12Z host app[12]: seven"}, "\n")},
	"filtered JSON": {`{"json": {}, "where": {"a": [1, null]}, "columns": ["b", "list"], "limits": {"line": 250}}`,
		`{"a":1,"b":"a text longer than a view"}` + "\n" + `{"a":2,"b":"x","list":[1,2]}` + "\n" + `{"b":"no a","list":[3]}` + "\n" + `{"a":"1"}` + "\n\nx"},
	"pieces of CRI, JSON": {`{"json": {}, "envelope": ["docker_json", "cri", "none"], "limits": {"line": 250}}`, `2026-03-05T08:09:10.123456789Z stdout P {"time":"2026-03-05T08:00:00Z",
2026-03-05T08:09:10.2Z stderr F {"a":1,"b":"x"}
2026-03-05T08:09:10.3+01:00 stdout F "a":2}
{"log":"2026-03-05T08:09:10.2Z stderr F {\"a\":","stream":"stderr"}
` + strings.Repeat("long ", 60) + `
{"bare":true}

{"log":"2}\n","stream":"stderr"}
2026-03-05T08:09:10.2Z stderr P {"a":1,"b":"x"
2026-03-05T08:09:10.2Z stderr P }`},
}

// sampledLines are JSON of which later lines have other keys.
func sampledLines(before string) string {
	return before + strings.Join([]string{`{"a":1}`, `{"b":"x"}`, `{"c":true,"a":"text"}`, `no JSON`, `{"d":[1]}`}, "\n"+before)
}

var dockerLines = strings.Join([]string{
	`{"log":"INFO one\ntwo\n","stream":"stdout","time":"2026-03-05T08:09:10.5Z"}`,
	`{"log":"WARN half and ","stream":"stdout","time":"2026-03-05T08:09:11Z"}`,
	`{"log":"ERROR a text that is longer\r\n","stream":"stderr","time":"2026-03-05T08:09:12Z"}` + "\r",
	`{"log":"a text of its own and \"half\"","stream":"stdout","time":"2026-03-05T08:09:13Z"}`,
	`not json`, "", "\xff\xfe bad", strings.Repeat("long ", 60),
	`{"log":"the end\n","stream":"stdout","time":"2026-03-05T08:09:14Z"}`,
	`{"log":"` + strings.Repeat("too ", 40) + `","stream":"stderr"}`,
	`{"log":"` + strings.Repeat("long ", 40) + `\n","stream":"stderr"}`,
	`{"log":"short\n"}`, `{"log":"half ","stream":"stdout","time":"2026-03-05T08:09:14Z"}`,
	`{"log":"INFO caf\u00e9","stream":"other"}`,
}, "\n")

// definitionOf is the definition for a case: its format with a short longest line.
func definitionOf(name string) Options {
	if c, ok := moreCases[name]; ok {
		o, err := ParseOptions(c.definition)
		if err != nil {
			panic(err)
		}
		if o.Year == 0 && o.Now == "" {
			o.Year = 2026 // else the time of a file would tell it
		}
		return o
	}
	format, _, _ := strings.Cut(name, " ")
	return Options{Format: format, Year: 2026, Limits: &Limits{Line: 250}}
}

func parseAll(t testing.TB, o Options, input string) (out outcome) {
	p, err := NewParserOptions(o)
	require.NoError(t, err)
	out.add(p.Parse([]byte(input)))
	return out
}

func readAll(t testing.TB, r *Reader) (out outcome) {
	t.Helper()
	defer func() { require.NoError(t, r.Close()) }()
	for {
		b, err := r.Next()
		if err == io.EOF {
			stats := r.Stats()
			assert.Equal(t, out.Lines, stats.Lines)
			assert.Equal(t, int64(len(out.Rows)), stats.Records)
			assert.Equal(t, out.Lines, stats.Records+stats.Continuations+stats.Rejects+stats.Filtered)
			assert.Equal(t, int64(len(out.Rejects)), stats.Rejects)
			assert.Equal(t, out.Bytes, stats.BytesOut)
			return out
		}
		require.NoError(t, err)
		out.add(b)
	}
}

func TestEveryLineIsARecordOrAReject(t *testing.T) {
	t.Parallel()
	for name, input := range cases(t) {
		out := parseAll(t, definitionOf(name), input)
		lines := strings.Count(input, "\n")
		if !strings.HasSuffix(input, "\n") {
			lines++
		}
		if strings.HasPrefix(name, "journald_export") || strings.Contains(moreCases[name].definition, "framing") { // of which an entry, or a frame, counts as one
			lines = int(out.Lines)
		}
		assert.Equal(t, int64(lines), out.Lines, name)
		assert.Equal(t, int64(len(input)), out.Bytes, name)
		assert.NotEmpty(t, out.Rows, name)
		assert.NotEmpty(t, out.Rejects, name)
	}
}

// leftOut leaves 15 of 16 cases to the runs that are not short.
func leftOut(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return testing.Short() && h.Sum32()%16 != 0
}

func TestResultsDoNotDependOnHowTheInputIsCut(t *testing.T) {
	t.Parallel()
	sizes, step := []int{1, 2, 3, 7, 64, 100, 255, 1000, 1 << 20}, 1
	if testing.Short() {
		sizes, step = []int{1, 100, 1 << 20}, 61
	}
	for name, input := range cases(t) {
		o := definitionOf(name)
		want := parseAll(t, o, input)
		p, err := NewParserOptions(o)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				for _, threads := range []int{1, 3} {
					r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: size, Threads: threads})
					require.NoError(t, err)
					require.Equal(t, want, readAll(t, r), "blocks of %d bytes, %d threads", size, threads)
				}
			}
		})
		t.Run(name+", fed in two pieces", func(t *testing.T) {
			t.Parallel()
			for cut := 0; cut < len(input); cut += step {
				s, err := p.Stream(Options{})
				require.NoError(t, err)
				require.Equal(t, want, feed(t, s, input[:cut], input[cut:]), "cut at %d", cut)
			}
		})
		t.Run(name+", fed byte by byte", func(t *testing.T) {
			t.Parallel()
			s, err := p.Stream(Options{})
			require.NoError(t, err)
			require.Equal(t, want, feed(t, s, strings.Split(input, "")...))
		})
	}
}

func feed(t testing.TB, s *Stream, pieces ...string) (out outcome) {
	t.Helper()
	defer s.Close()
	for _, piece := range pieces {
		b, err := s.Feed([]byte(piece))
		require.NoError(t, err)
		if b != nil {
			out.add(b)
		}
	}
	b, err := s.Flush()
	require.NoError(t, err)
	if b != nil {
		out.add(b)
	}
	return out
}

// pack compresses the parts of input as members or frames of their own.
func pack(t testing.TB, codec string, parts ...string) []byte {
	var out bytes.Buffer
	for _, part := range parts {
		var w io.WriteCloser
		switch codec {
		case "gzip":
			w = gzip.NewWriter(&out)
		case "zstd":
			z, err := zstd.NewWriter(&out)
			require.NoError(t, err)
			w = z
		default:
			out.WriteString(part)
			continue
		}
		_, err := io.WriteString(w, part)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return out.Bytes()
}

func TestResultsDoNotDependOnCompression(t *testing.T) {
	t.Parallel()
	for name, input := range cases(t) {
		if leftOut(name) {
			continue
		}
		o := definitionOf(name)
		want := parseAll(t, o, input)
		half := len(input) / 2
		for _, codec := range []string{"none", "gzip", "zstd"} {
			path := filepath.Join(t.TempDir(), "log")
			require.NoError(t, os.WriteFile(path, pack(t, codec, input[:half], input[half:]), 0o600))
			for _, threads := range []int{1, 2} {
				o.Threads, o.BlockSize = threads, 300
				r, err := Open(path, o)
				require.NoError(t, err)
				assert.Equal(t, want, readAll(t, r), "%s, %s, %d threads", name, codec, threads)
			}
		}
	}
}

func TestATruncatedFileGivesWhatWasThere(t *testing.T) {
	input := strings.Repeat("404 not here\n", 50)
	for _, codec := range []string{"gzip", "zstd"} {
		packed := pack(t, codec, input, input)
		whole := 0
		for cut := 1; cut < len(packed); cut++ {
			r, err := OpenReader(bytes.NewReader(packed[:cut]), Options{Nginx: "$status $message", Codec: codec})
			require.NoError(t, err)
			rows := 0
			for {
				b, err := r.Next()
				if err == io.EOF {
					whole++
					break
				}
				if err != nil {
					var failed *ReadError
					require.ErrorAs(t, err, &failed)
					require.Equal(t, KindCodec, failed.Kind)
					require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s cut at %d", codec, cut)
					break
				}
				rows += b.Len() + b.Rejects()
				b.Release()
			}
			require.LessOrEqual(t, rows, 101)
			require.NoError(t, r.Close())
		}
		assert.LessOrEqual(t, whole, 4, "%s: only a cut between two members goes unseen", codec)
	}
}
