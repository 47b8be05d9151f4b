package infer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSignatureErrors(t *testing.T) {
	for _, form := range []string{"", "text", "=", "int=5", "?", "String"} {
		_, err := CompileSignature([]map[string]string{{"a": form}})
		assert.ErrorContains(t, err, "known are", form)
	}
	shape := map[string]string{}
	for i := range mostKeys + 1 {
		shape[strings.Repeat("k", i+1)] = "any"
	}
	_, err := CompileSignature([]map[string]string{shape})
	assert.ErrorContains(t, err, "at most 63")
}

func TestSignatureForms(t *testing.T) {
	for _, c := range []struct {
		form string
		kind Kind
		text string
		fits bool
	}{
		{"any", JSON, "[]", true}, {"string", String, "", true}, {"string", Number, "1", false}, {"number", Number, "1.5", true}, {"number", String, "1.5", false},
		{"int", Number, "30", true}, {"int", Number, "30.5", false}, {"int", String, "30", false}, {"bool", Bool, "true", true}, {"bool", String, "true", false},
		{"object", Object, "{}", true}, {"object", JSON, "[]", false}, {"array", JSON, "[]", true}, {"array", Object, "{}", false},
		{"time", String, "2026-03-05T07:09:10Z", true}, {"time", String, "2026/03/05 07:09", true}, {"time", Number, "1772694550", true}, {"time", String, "2026-03-05", false},
		{"time", String, "2026-03-05x07:09", false}, {"time", String, "yesterday at noon", false}, {"time", String, "2026:03-05T07:09", false}, {"time", String, "2026-03-05T07.09", false},
		{"lower", String, "warn", true}, {"lower", String, "Warn", false}, {"lower", String, "", false}, {"upper", String, "INFO+2", true}, {"upper", String, "DEBUG-4", true},
		{"upper", String, "info", false}, {"upper", String, "4", false}, {"=1.1", String, "1.1", true}, {"=1.1", Number, "1.1", true}, {"=1.1", Number, "1.10", false},
		{"=true", Bool, "true", false}, {"none", String, "x", false},
	} {
		s, err := CompileSignature([]map[string]string{{"a": c.form}})
		require.NoError(t, err)
		look := s.Look()
		look.Begin(nil)
		assert.Equal(t, c.form == "none", look.Fits(), c.form)
		look.Value(s.Root.Find([]byte("a")), c.kind, []byte(c.text))
		assert.Equal(t, c.fits, look.Fits(), "%s: %q", c.form, c.text)
	}
}

func TestSignatureOfWholeRecords(t *testing.T) {
	for _, c := range []struct {
		shape  map[string]string
		record string
		fits   bool
	}{
		{map[string]string{"first key": "a"}, `{"a":1,"b":2}`, true}, {map[string]string{"first key": "b"}, `{"a":1,"b":2}`, false}, {map[string]string{"first key": "a"}, `{}`, false},
		{map[string]string{"last key": "b"}, ` { "a" : {"c":[1,{"d":2}]}, "b" : "x,\"y\":{" }`, true}, {map[string]string{"last key": "a"}, `{"a":1,"b":2}`, false},
		{map[string]string{"keys in order": "a b"}, `{"x":1,"a":["b"],"y":{"a":0},"b":2,"z":3}`, true}, {map[string]string{"keys in order": "a b"}, `{"b":1,"a":2}`, false},
		{map[string]string{"keys in order": "a b c"}, `{"a":1,"c":2}`, true}, {map[string]string{"keys in order": "a b c"}, `{"c":1,"d":2,"b":3}`, false},
		{map[string]string{"keys sorted": "all"}, `{"B":1,"a":{"z":1,"b":2},"b.c":2}`, true}, {map[string]string{"keys sorted": "all"}, `{"a":1,"c":2,"b":3}`, false},
		{map[string]string{"begins with": "a=\""}, ` a="x" b=1`, true}, {map[string]string{"begins with": "a=\""}, `a=x`, false},
		{map[string]string{"first key": "a", "last key": "b", "keys in order": "a b", "keys sorted": "all", "begins with": "{"}, `{"a":1,"b":2}`, true},
	} {
		s, err := CompileSignature([]map[string]string{c.shape})
		require.NoError(t, err)
		look := s.Look()
		look.Begin([]byte(c.record))
		assert.Equal(t, c.fits, look.Fits(), "%v: %s", c.shape, c.record)
	}
	for _, shape := range []map[string]string{{"first key": ""}, {"keys sorted": "yes"}, {"keys in order": ""}} {
		_, err := CompileSignature([]map[string]string{shape})
		assert.Error(t, err, shape)
	}
}
