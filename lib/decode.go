package sawlog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-json"
)

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
		wrong := &FormatError{Kind: KindOption, Message: "a definition is the name of a format or a JSON object", Offset: strings.Index(text, trimmed)}
		return o, wrong.at(text)
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
	keys := optionKeys()
	if to.Type() != reflect.TypeFor[Options]() {
		keys = keysOf(to.Type())
	}
	seen := map[string]bool{}
	for _, m := range members {
		at, known := keys.index[m.key]
		if !known {
			return &FormatError{Kind: KindOption, Key: path + m.key, Message: "unknown key " + quote(path+m.key), Hint: keys.like(m.key), Offset: offset + m.keyAt}
		}
		field := to.FieldByIndex(keys.fields[at].at)
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
		if d, ok := field.Addr().Interface().(decoder); ok {
			if err := d.decode(value, offset+m.valueAt, path+m.key); err != nil {
				return err
			}
			continue
		}
		if value == `""` && keys.fields[at].tag == "how" && field.Kind() == reflect.String { // in a list of patterns an empty one may make sense
			return &FormatError{Kind: KindOption, Key: m.key, Message: quote(m.key) + " cannot be empty", Offset: offset + m.valueAt}
		}
		if to, ok := textOf(field, value); ok {
			field = to
		}
		if err := json.Unmarshal([]byte(value), field.Addr().Interface()); err != nil || value == "null" || holdsNull(value, field) {
			return &FormatError{Kind: KindOption, Key: path + m.key, Message: quote(path+m.key) + " takes " + kindName(field.Type()) + ", not " + shorten(value), Offset: offset + m.valueAt}
		}
	}
	return nil
}

// holdsNull tells whether a list or map that was decoded has a null in it, which Go's decoder takes for an empty text.
func holdsNull(value string, field reflect.Value) bool {
	if !strings.Contains(value, "null") {
		return false
	}
	switch field.Interface().(type) {
	case []string, TextList:
		var list []*string
		return json.Unmarshal([]byte(value), &list) == nil && slices.Contains(list, nil)
	case map[string]string:
		var entries map[string]*string
		return json.Unmarshal([]byte(value), &entries) == nil && slices.Contains(slices.Collect(maps.Values(entries)), nil)
	}
	return false
}

// structKeys are the JSON keys of a struct of options.
type structKeys struct {
	fields []structKey    // by number of the field
	index  map[string]int // by key
}

// structKey is a field; its key is "-" where JSON does not have it.
type structKey struct {
	key, tag string
	at       []int
	inside   reflect.Type // the struct that an object fills; nil: it is none
}

// optionKeys are those of Options, which every definition asks for.
var optionKeys = sync.OnceValue(func() structKeys { return keysOf(reflect.TypeFor[Options]()) })

func keysOf(t reflect.Type) structKeys {
	k := structKeys{index: map[string]int{}}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue // its fields come by themselves
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key != "-" {
			k.index[key] = len(k.fields)
		}
		k.fields = append(k.fields, structKey{key, f.Tag.Get("sawlog"), f.Index, structType(f.Type)})
	}
	return k
}

// like is a hint for a key that is none of them: those that have it inside, or those that are spelled alike.
func (k structKeys) like(key string) string {
	var holders []string
	for _, f := range k.fields {
		if f.inside == nil {
			continue
		}
		if keysOf(f.inside).has(key) {
			holders = append(holders, f.key)
		}
	}
	if len(holders) == 0 {
		return nearest(key, k.names())
	}
	return "a key of " + strings.Join(holders, ", ") + ": " + `{"` + holders[0] + `": {"` + key + `": ...}}`
}

func (k structKeys) has(key string) bool {
	_, ok := k.index[key]
	return ok
}

// names lists the keys in the order of the fields.
func (k structKeys) names() (names []string) {
	for _, f := range k.fields {
		if f.key != "-" {
			names = append(names, f.key)
		}
	}
	return names
}

// textOf is where a plain text goes that stands for more: for a list of one, or for the field of an options struct that is tagged so.
func textOf(field reflect.Value, value string) (reflect.Value, bool) {
	if value[0] != '"' && value[0] != '[' {
		return field, false
	}
	if value[0] == '"' && field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String && field.Type() != reflect.TypeFor[[]string]() {
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		return field.Index(0), true
	}
	if t := structType(field.Type()); t != nil {
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("sawlog") == "text" {
				to := reflect.New(t)
				if kind := to.Elem().Field(i).Kind(); value[0] == '[' && kind != reflect.Slice {
					return field, false
				}
				field.Set(to)
				to = to.Elem().Field(i)
				if inner, ok := textOf(to, value); ok {
					to = inner
				}
				return to, true
			}
		}
	}
	return field, false
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
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Bool {
			return "true or false"
		}
		return "an object"
	case reflect.Slice:
		return "a list of texts"
	case reflect.Map:
		return "an object"
	}
	return "a whole number"
}

// decoder is an option that reads its JSON itself.
type decoder interface {
	decode(text string, offset int, path string) *FormatError
}

// decodeList calls each for the items of a list, or for the one item that text is.
func decodeList(text string, offset int, path string, each func(item string, offset int, path string) *FormatError) *FormatError {
	if text[0] != '[' {
		return each(text, offset, path)
	}
	s := objectScanner{text: text, i: 1}
	for {
		s.blank()
		start := s.i
		if s.take(']') {
			return s.end()
		}
		if !s.skipValue() {
			err := s.fail("expected a value")
			err.Offset += offset
			return err
		}
		if err := each(text[start:s.i], offset+start, path); err != nil {
			return err
		}
		s.blank()
		if !s.take(',') && (s.i >= len(text) || text[s.i] != ']') {
			err := s.fail("expected a comma or ]")
			err.Offset += offset
			return err
		}
	}
}

// deepest is how deep definitions may stand in each other, more than any makes sense: each of them is scanned once more for those in it.
const deepest = 8

// decodeDefinition reads a name or an object.
func decodeDefinition(text string, offset int, path string, name *string, to reflect.Value) *FormatError {
	if text[0] == '{' {
		if strings.Count(path, ".") >= deepest {
			return &FormatError{Kind: KindOption, Message: fmt.Sprintf("definitions stand in each other more than %d deep", deepest), Offset: offset}
		}
		return decodeStrict(text, offset, to, path+".")
	}
	if text[0] != '"' || json.Unmarshal([]byte(text), name) != nil || *name == "" {
		return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes the name of a format or a definition, not " + shorten(text), Offset: offset}
	}
	*name = strings.TrimSpace(*name)
	return nil
}
