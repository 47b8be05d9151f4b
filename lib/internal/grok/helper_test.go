package grok

import (
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

var rig = linetest.Rig{Present: Present, Noise: "\n \"\\-19["}

// parse gives rows as JSON without nulls and rejects as "fault line: raw".
func parse(p *Plan, w record.Worker, text string) (rows, rejects []string) {
	rows, rejects, lines := rig.Told(p, w, text)
	if want := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1; lines != want {
		panic(fmt.Sprintf("%d lines became %d", want, lines))
	}
	return rows, rejects
}
