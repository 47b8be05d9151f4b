package main

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"
)

// settings are the keys of sawlog_configure; unset where nil.
type settings struct {
	gcPercent, memoryLimit, maxThreads, afterFork *int64
}

var settingNames = []string{"after_fork", "gc_percent", "max_threads", "memory_limit"}

// parseSettings reads {"gc_percent": 50, "memory_limit": 1000000000, "max_threads": 2, "after_fork": "error"}.
func parseSettings(text []byte) (settings, error) {
	var s settings
	var keys map[string]json.RawMessage
	if len(bytes.TrimSpace(text)) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return s, settingError(text, "", "settings are a JSON object: "+err.Error(), "")
	}
	for key, value := range keys {
		switch key {
		case "gc_percent":
			s.gcPercent = whole(value, -1, math.MaxInt32)
		case "memory_limit":
			s.memoryLimit = whole(value, 0, math.MaxInt64)
		case "max_threads":
			s.maxThreads = whole(value, 1, 4096)
		case "after_fork":
			s.afterFork = choice(value, "error", "reload")
		default:
			return s, settingError(text, key, fmt.Sprintf("there is no setting %q", key), "the settings are "+strings.Join(settingNames, ", "))
		}
	}
	for i, v := range []*int64{s.afterFork, s.gcPercent, s.maxThreads, s.memoryLimit} {
		if key := settingNames[i]; v == nil && keys[key] != nil {
			return s, settingError(text, key, fmt.Sprintf("%s cannot be %s", key, keys[key]), "")
		}
	}
	return s, nil
}

// whole is a number from lo to hi, nil for anything else.
func whole(value json.RawMessage, lo, hi int64) *int64 {
	var n int64
	if json.Unmarshal(value, &n) != nil || n < lo || n > hi || bytes.Equal(value, []byte("null")) {
		return nil
	}
	return &n
}

// choice is the index of the word that value is, nil for any other.
func choice(value json.RawMessage, words ...string) *int64 {
	var word string
	if json.Unmarshal(value, &word) != nil {
		return nil
	}
	if i := int64(slices.Index(words, word)); i >= 0 {
		return &i
	}
	return nil
}

// settingError points at key in text.
func settingError(text []byte, key, message, hint string) error {
	e := &sawlog.FormatError{Kind: sawlog.KindOption, Key: key, Message: message, Hint: hint, Offset: -1}
	if at := bytes.Index(text, quote(key)); key != "" && at >= 0 {
		before := text[:at]
		e.Offset, e.Line = at, 1+bytes.Count(before, []byte("\n"))
		e.Column = 1 + len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	}
	return e
}

// buildInfo is what sawlog_build_info says.
func buildInfo() any {
	return struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		Target  string `json:"target"`
		SIMD    bool   `json:"simd"`
	}{sawlog.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, simd}
}
