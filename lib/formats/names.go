package formats

import (
	_ "embed"
	"sync"

	"github.com/goccy/go-json"
)

// Native is the vocabulary of the program that writes a format.
const Native = "native"

// Vocabularies are the names of all vocabularies, sorted.
func Vocabularies() []string { return []string{"ecs", Native, "otel"} }

//go:embed names.json
var namesFile []byte

// common has for each vocabulary what it calls our fields, whatever the format.
var common = sync.OnceValue(func() (names map[string]map[string]string) {
	if err := json.Unmarshal(namesFile, &names); err != nil { // the file is embedded: a test reads it
		panic(err)
	}
	return names
})

// Names is what a vocabulary calls our fields in a definition that is no built-in format. It is shared: do not change it.
func Names(vocabulary string) map[string]string { return common()[vocabulary] }

// NamesIn is what a vocabulary calls the format's fields: by its own table, or where it has none by that of all formats.
func (f *Format) NamesIn(vocabulary string) map[string]string {
	names := f.Names
	if f.names != nil && json.Unmarshal(f.names, &names) != nil {
		return nil // a test reads the files
	}
	if own, ok := names[vocabulary]; ok {
		return own
	}
	return Names(vocabulary)
}
