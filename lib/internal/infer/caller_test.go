package infer

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFileLine(t *testing.T) {
	for text, want := range map[string]struct {
		file string
		line int64
	}{
		"a.go:1": {"a.go", 1}, "server/http.go:123": {"server/http.go", 123}, `C:\x\a.cs:12`: {`C:\x\a.cs`, 12}, "a:0": {"a", 0}, "a b.go:7": {"a b.go", 7}, "x1:2": {"x1", 2},
		"": {}, "a.go": {}, ":1": {}, "1": {}, "a.go:": {}, "a.go:x": {}, "a.go:1x": {}, "a.go:01": {}, "a.go:1234567890": {}, "a.js:10:5": {}, "a.go:-1": {},
		"server/a.go:1234567": {"server/a.go", 1234567}, "server/http.go:123456": {"server/http.go", 123456}, "server/http.js:1:123456": {}, "server/a.js:12:5": {}, "server/http.go:012": {}, "http/:1": {"http/", 1},
		"server/12345678": {}, "server/http.go:12345678": {"server/http.go", 12345678}, "server/a9:7": {"server/a9", 7}, "http:9:1": {}, "\xffserver\xff:1": {"\xffserver\xff", 1}, "1234567:1": {"1234567", 1},
	} {
		held := []byte("12345678:" + text) // what stands in front is not part of it
		for name, split := range map[string]func([]byte, int, int) (int, int64, bool){"words": FileLine, "bytes": fileLine} {
			file, line, ok := split(held, 9, len(held))
			assert.Equal(t, want.file != "", ok, "%s %s", name, text)
			if ok {
				assert.Equal(t, want.file, string(held[9:file]), "%s %s", name, text)
				assert.Equal(t, want.line, line, "%s %s", name, text)
			}
		}
	}
}

func FuzzFileLine(f *testing.F) {
	f.Add([]byte("server/http.go:123"), uint8(0))
	f.Add([]byte("a.js:10:5"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, from uint8) {
		i := min(int(from), len(data))
		file, line, ok := FileLine(data, i, len(data))
		wantFile, wantLine, wantOK := fileLine(data, i, len(data))
		assert.Equal(t, []any{wantFile, wantLine, wantOK}, []any{file, line, ok}, "%q", data[i:])
	})
}
