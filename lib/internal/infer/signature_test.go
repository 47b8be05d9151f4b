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
		look.Begin()
		assert.Equal(t, c.form == "none", look.Fits(), c.form)
		look.Value(s.Root.Find([]byte("a")), c.kind, []byte(c.text))
		assert.Equal(t, c.fits, look.Fits(), "%s: %q", c.form, c.text)
	}
}
