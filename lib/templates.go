package sawlog

import (
	"bytes"
	"fmt"
	"reflect"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/mine"
	"github.com/sawlog/sawlog/lib/record"
)

// TemplateOptions bound what mining templates may cost.
type TemplateOptions struct {
	// Max is how many templates are kept, 16,384 by default. When there are more, the rarest go.
	Max int `json:"max,omitempty"`
}

// Template is what many lines have in common: the text with <*> in place of its values.
type Template struct {
	ID    int64  `json:"id"`
	Text  string `json:"text"`
	Count int64  `json:"count"` // lines
}

// Templates finds the templates that messages were made from, in one pass and in bounded memory, and gives each message the id of its
// template at once. An id stays that of its template; a template that turns out to be a case of another one, more general or older, gets
// that one's id, and Resolve follows. The same messages in the same order give the same ids.
//
// Any number of goroutines may use it; they take turns. For speed let each have its own and Merge them.
type Templates struct {
	mu sync.Mutex
	m  *mine.Miner
}

// NewTemplates makes an empty one.
func NewTemplates(o TemplateOptions) *Templates {
	return &Templates{m: mine.New(mine.Options{Max: o.Max})}
}

// ParseTemplateOptions reads options from a JSON object; an empty text is none. Errors are *FormatError.
func ParseTemplateOptions(text string) (o TemplateOptions, err error) {
	if text == "" {
		return o, nil
	}
	if err := decodeStrict(text, 0, reflect.ValueOf(&o).Elem(), ""); err != nil {
		return TemplateOptions{}, err.at(text)
	}
	if o.Max < 0 || o.Max > largestMax {
		return TemplateOptions{}, &FormatError{Kind: KindOption, Key: "max", Message: fmt.Sprintf("max is between 1 and %d", largestMax), Offset: -1}
	}
	return o, nil
}

const largestMax = 1 << 20

// LoadTemplates makes one of what Save gave.
func LoadTemplates(saved []byte) (*Templates, error) {
	m, err := mine.Restore(saved)
	if err != nil {
		return nil, &FormatError{Kind: KindOption, Message: err.Error(), Offset: -1}
	}
	return &Templates{m: m}, nil
}

// Add learns from a message and gives the id of its template.
func (t *Templates) Add(message []byte) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m.Add(message)
}

// AddLines adds each line of a text and appends their ids. Lines end with LF or CRLF; the last one needs no ending.
func (t *Templates) AddLines(ids []int64, text []byte) []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		ids = append(ids, t.m.Add(bytes.TrimSuffix(line, []byte("\r"))))
	}
	return ids
}

// AddColumn adds each text of a column and appends their ids, 0 where the column is null. A column of anything but texts is an error.
func (t *Templates) AddColumn(ids []int64, c *Column) ([]int64, error) {
	if !c.Field().Type.Text() || c.Field().Type == record.IP {
		return ids, fmt.Errorf("sawlog: templates are of texts, and %s is a column of type %s", c.Field().Name, c.Field().Type)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range c.Len() {
		id := int64(0)
		if !c.IsNull(i) {
			id = t.m.Add(c.Bytes(i))
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// List gives the templates, those with the most lines first.
func (t *Templates) List() []Template {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.m.Templates()
	list := make([]Template, len(found))
	for i, f := range found {
		list[i] = Template(f)
	}
	return list
}

// Match is the template of a message without learning from it, with the message's values; false where no template fits. The text is that of
// the case that fits: of several that were joined to one template it may be another one than List shows.
func (t *Templates) Match(message []byte) (id int64, text string, values []string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok = t.m.Match(message); !ok {
		return 0, "", nil, false
	}
	parts, text := t.m.Parameters(nil, message)
	for _, part := range parts {
		values = append(values, string(part))
	}
	return id, text, values, true
}

// Resolve is the id of the template that an id stands for now; false where there is none, or none any more.
func (t *Templates) Resolve(id int64) (int64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m.Resolve(id)
}

// Merge takes over what another one has learnt, which stays as it is.
func (t *Templates) Merge(other *Templates) {
	if t == other {
		return
	}
	saved := other.copied()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m.Merge(saved)
}

// copied is a miner that nobody else uses: two locks at once could wait for each other.
func (t *Templates) copied() *mine.Miner {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m.Clone()
}

// Save gives all that is known as JSON, for LoadTemplates.
func (t *Templates) Save() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m.Snapshot()
}
