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
	} {
		file, line, ok := FileLine([]byte(text))
		assert.Equal(t, want.file != "", ok, text)
		if ok {
			assert.Equal(t, want.file, text[:file], text)
			assert.Equal(t, want.line, line, text)
		}
	}
}
