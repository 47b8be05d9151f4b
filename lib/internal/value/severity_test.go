package value

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSeverity(t *testing.T) {
	of := func(text string) (uint64, bool) {
		return Severity([]byte("xx"+text+strings.Repeat("o", 32)), 2, len(text))
	}
	for severity, words := range severities {
		for _, word := range words {
			for _, text := range []string{word, strings.ToUpper(word), strings.ToUpper(word[:1]) + word[1:]} {
				got, known := of(text)
				assert.True(t, known, text)
				assert.Equal(t, uint64(severity), got, text)
			}
		}
	}
	for text, want := range map[string]uint64{"INFO+2": 6, "DEBUG-4": 7, "error+12": 3, "critical+1": 2} {
		got, known := of(text)
		assert.True(t, known, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"+2", "INFO+", "INFO2", "x+2", "INFO+2+2", "", "x", "in", "infos", "30", "-", "information.", "debug6", "informationally and more", "none", "\x00"} {
		_, known := of(text)
		assert.False(t, known, text)
	}
}

func TestLevels(t *testing.T) {
	words := map[string]int{"30": 6, "50": 3, "Loud": 1, "a word of sixteen": 0, "thirteen text": 5}
	for k := range MostLevels - len(words) {
		words["w"+strconv.Itoa(k)] = k & 7
	}
	l := NewLevels(words)
	of := func(text string) (uint64, bool) {
		return l.Severity([]byte(text+strings.Repeat(" ", 32)), 0, len(text))
	}
	for word, want := range words {
		got, known := of(word)
		assert.Equal(t, len(word) <= longest, known, word)
		if known {
			assert.Equal(t, uint64(want), got, word)
		}
	}
	for _, text := range []string{"infos", "20", "", "w100"} {
		_, known := of(text)
		assert.False(t, known, text)
	}
	severity, known := of("warn") // the usual words mean what they say
	assert.True(t, known)
	assert.Equal(t, uint64(4), severity)
	var none *Levels
	_, known = none.Severity([]byte("info                    "), 0, 4)
	assert.True(t, known)
}
