package sawlog

import (
	"reflect"
	"strings"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/record"
)

// Options say how to read a log: the keys of a definition and those of reading it, together. The zero value detects the format and
// uses every core. The JSON tags are the keys of definitions, of .fmt files and of the options in C, Python and Node.js.
//
// At most one of Format, Nginx, Apache, JSON, Logfmt is set: it says how records are read. Without one the format is detected.
type Options struct {
	// Format is a built-in format by name ("combined", see Formats), or "auto".
	Format string `json:"format,omitempty" sawlog:"how"`
	// Nginx is the format string of an nginx log_format.
	Nginx string `json:"nginx,omitempty" sawlog:"how"`
	// Apache is the format string of an Apache LogFormat.
	Apache string `json:"apache,omitempty" sawlog:"how"`
	// JSON reads one JSON object a line.
	JSON *JSONOptions `json:"json,omitempty" sawlog:"how"`
	// Logfmt reads key=value pairs.
	Logfmt *LogfmtOptions `json:"logfmt,omitempty" sawlog:"how"`
	// Syslog reads syslog of RFC 3164, of RFC 5424, and what daemons write.
	Syslog *SyslogOptions `json:"syslog,omitempty" sawlog:"how"`

	// Fields gives fields a type: {"status": "int", "at": "timestamp %d/%b/%Y"}.
	Fields map[string]string `json:"fields,omitempty"`
	// Rename gives fields other names, before Fields: {"FROM": "TO"}.
	Rename map[string]string `json:"rename,omitempty"`
	// Columns keeps only these; the work of the others is skipped.
	Columns []string `json:"columns,omitempty"`
	// Rest names the column of what may stand behind the last field: a blank and any text. For pattern languages.
	Rest string `json:"rest,omitempty"`
	// Optional is the field before which a line may end, for formats that have grown. For pattern languages.
	Optional string `json:"optional,omitempty"`
	// Zone is that of times without one: an IANA name or +HH:MM; UTC when empty.
	Zone string `json:"zone,omitempty"`
	// Year is that of times without one.
	Year int `json:"year,omitempty"`
	// Now (RFC 3339) is what times without year or date are placed near to. No clock is read.
	Now string `json:"now,omitempty"`
	// UTF8 says what invalid UTF-8 in texts becomes: "replace" (U+FFFD, the default), "bytes" (columns of bytes) or "reject" (the line).
	UTF8 string `json:"utf8,omitempty"`
	// Limits bound what one input can cost.
	Limits *Limits `json:"limits,omitempty"`

	// Threads is the number of workers; 0: all cores.
	Threads int `json:"threads,omitempty" sawlog:"reading"`
	// BlockSize is about how many bytes are parsed at a time; 0: 1 MiB.
	BlockSize int `json:"block_size,omitempty" sawlog:"reading"`
	// Codec of the input: "auto" (by its first bytes, the default), "none", "gzip" or "zstd".
	Codec string `json:"codec,omitempty" sawlog:"reading"`

	// Allocator gives the memory of blocks and batches; nil: Go's heap.
	Allocator Allocator `json:"-"`
}

// JSONOptions are those of the json engine.
type JSONOptions struct {
	// Document: the whole input is one record. A root that is no object is the field "value".
	Document bool `json:"document,omitempty"`
	// Flatten: rows show nested members under dotted names, as columns do.
	Flatten bool `json:"flatten,omitempty"`
	// SampleRecords and SampleBytes bound what the schema is inferred from: 1,024 records or 1 MiB, whichever comes first.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// LogfmtOptions are those of the logfmt engine: none so far.
type LogfmtOptions struct{}

// SyslogOptions are those of the syslog engine.
type SyslogOptions struct {
	// RFC 5424 takes only that one, to the letter; 0 takes all that is sent as syslog.
	RFC int `json:"rfc,omitempty"`
	// Partial: a header that ends early gives what it has.
	Partial bool `json:"partial,omitempty"`
}

// Limits bound what one input can cost. Zero means the default.
type Limits struct {
	// Line is the longest line in bytes, 1 MiB by default. A longer one becomes a reject.
	Line int `json:"line,omitempty"`
	// Bytes is how much input is read in all, after decompression; by default there is no bound. Reaching it is a ReadError.
	Bytes int64 `json:"bytes,omitempty"`
	// Depth is how deep JSON may nest, 256 by default.
	Depth int `json:"depth,omitempty"`
	// Columns is how many columns may be inferred, 1,000 by default; what comes after goes to the overflow column.
	Columns int `json:"columns,omitempty"`
}

// Allocator gives memory to batches: see record.Allocator.
type Allocator = record.Allocator

// ParseOptions reads options from JSON, or from a plain word: the name of a format. Errors are *FormatError.
func ParseOptions(text string) (Options, error) {
	var o Options
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return o, nil
	}
	if trimmed[0] != '{' {
		if isWord(trimmed) {
			o.Format = trimmed
			return o, nil
		}
		return o, &FormatError{Kind: KindOption, Message: "a definition is the name of a format or a JSON object", Offset: strings.Index(text, trimmed)}
	}
	if err := decodeStrict(text, 0, reflect.ValueOf(&o).Elem(), ""); err != nil {
		return Options{}, err.at(text)
	}
	return o, nil
}

func isWord(text string) bool {
	for _, c := range text {
		if !(c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// decodeStrict fills a struct from the JSON object that text is. Each key must be one of the struct's; errors carry the byte offset.
// path names the object for messages: "limits.".
func decodeStrict(text string, offset int, to reflect.Value, path string) *FormatError {
	members, err := scanObject(text)
	if err != nil {
		err.Offset += offset
		return err
	}
	fields, at := map[string]reflect.Value{}, map[string]int{}
	var names []string
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		if name != "-" {
			fields[name], at[name] = to.Field(i), i
			names = append(names, name)
		}
	}
	seen := map[string]bool{}
	for _, m := range members {
		field, known := fields[m.key]
		if !known {
			return &FormatError{Kind: KindOption, Key: path + m.key, Message: "unknown key " + quote(path+m.key), Hint: nearest(m.key, names), Offset: offset + m.keyAt}
		}
		if seen[m.key] {
			return &FormatError{Kind: KindOption, Key: path + m.key, Message: "the key " + quote(path+m.key) + " is there twice", Offset: offset + m.keyAt}
		}
		seen[m.key] = true
		value := text[m.valueAt:m.valueEnd]
		if t := structType(field.Type()); t != nil && value[0] == '{' {
			inner := reflect.New(t)
			if err := decodeStrict(value, offset+m.valueAt, inner.Elem(), path+m.key+"."); err != nil {
				return err
			}
			field.Set(inner)
			continue
		}
		if value == `""` && path == "" && to.Type().Field(at[m.key]).Tag.Get("sawlog") == "how" {
			return &FormatError{Kind: KindOption, Key: m.key, Message: quote(m.key) + " cannot be empty", Offset: offset + m.valueAt}
		}
		if err := json.Unmarshal([]byte(value), field.Addr().Interface()); err != nil || (value == "null") {
			return &FormatError{Kind: KindOption, Key: path + m.key, Message: quote(path+m.key) + " takes " + kindName(field.Type()) + ", not " + shorten(value), Offset: offset + m.valueAt}
		}
	}
	return nil
}

// structType is what a pointer to a struct points to, or nil.
func structType(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		return t.Elem()
	}
	return nil
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list of texts"
	case reflect.Map, reflect.Pointer:
		return "an object"
	}
	return "a whole number"
}
