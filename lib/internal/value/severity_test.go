package value

import (
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
	for _, text := range []string{"", "x", "inf", "infos", "30", "-", "information.", "debug6", "informationally and more", "none", "\x00"} {
		_, known := of(text)
		assert.False(t, known, text)
	}
}
