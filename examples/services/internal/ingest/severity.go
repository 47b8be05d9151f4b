package ingest

import (
	"strings"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// severities are the words for levels on the scale of RFC 5424.
var severities = map[string]int{
	"emerg": 0, "emergency": 0, "panic": 0, "alert": 1, "crit": 2, "critical": 2, "fatal": 2, "f": 2, "c": 2,
	"err": 3, "error": 3, "eror": 3, "severe": 3, "e": 3, "warn": 4, "warning": 4, "w": 4,
	"notice": 5, "n": 5, "info": 6, "information": 6, "informational": 6, "i": 6, "config": 6,
	"debug": 7, "dbug": 7, "debg": 7, "trace": 7, "verbose": 7, "fine": 7, "finer": 7, "finest": 7, "d": 7, "t": 7, "v": 7,
	"60": 2, "50": 3, "40": 4, "30": 6, "20": 7, "10": 7, // bunyan and pino
}

// SeverityOf is the severity that a word for a level means, or store.NoSeverity.
func SeverityOf(level string) int {
	if n, known := severities[strings.ToLower(level)]; known {
		return n
	}
	return store.NoSeverity
}
