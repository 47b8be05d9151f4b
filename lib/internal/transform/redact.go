package transform

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Rule is one of redact's: what is looked for in which columns, and what becomes of it.
type Rule struct {
	Find    []string // kinds of what is found by itself: see finders
	Pattern string   // or by a regular expression; with a group, only what the group matches
	Columns []string // in these; nil: in every text. Without Find and Pattern the whole value is meant
	Action  string   // mask, drop, hash or truncate (addresses)
	Key     string   // of hash
}

// finder finds the first thing at or behind a place: text[start:end].
type finder func(text []byte, from int) (start, end int, ok bool)

// finders are the kinds of things that are known.
var finders = map[string]finder{"email": findEmail, "ip": findIP, "card": findCard, "token": findToken}

var actions = []string{"mask", "drop", "hash", "truncate"}

// masked stands for what is hidden.
const masked = "***"

// redaction is rules as they are applied.
type redaction struct {
	rules   []rule
	columns [][]int // by column of the builder: the rules that apply, in their order
	fields  []record.Field
	shown   []bool
	secret  []bool  // columns whose name says that they are one
	hidden  []bool  // columns without texts that a rule hides
	whole   bool    // some rule hides whole values, of which nobody knows where they stand in a raw text
	named   []named // what rules say of names, for values that stand elsewhere than in their column
}

// named is rules about what has a name.
type named struct {
	name  string
	rules []int
}

type rule struct {
	find   finder // nil: the whole value
	kind   string
	action string
	key    []byte
}

func compileRedaction(o *Options, schema *record.Schema, shown []int) (*redaction, error) {
	if len(o.Redact) == 0 {
		return nil, nil
	}
	n := len(schema.Fields)
	r := &redaction{columns: make([][]int, n), fields: schema.Fields, shown: make([]bool, n), secret: make([]bool, n), hidden: make([]bool, n)}
	for i := range schema.Fields {
		r.shown[i] = slices.Contains(shown, i)
	}
	for i := range o.Redact {
		rules, err := compileRule(&o.Redact[i])
		if err != nil {
			return nil, err
		}
		columns, err := r.columnsOf(o, schema, o.Redact[i].Columns)
		if err != nil {
			return nil, err
		}
		first := len(r.rules)
		for _, one := range rules {
			r.rules = append(r.rules, one)
			r.add(len(r.rules)-1, columns, o.Redact[i].Columns == nil)
		}
		for _, name := range o.Redact[i].Columns {
			for k := first; k < len(r.rules); k++ {
				r.note(name, k)
				r.note(o.Called(name), k)
			}
		}
	}
	for i := range r.secret {
		r.secret[i] = r.tokens(r.columns[i]) && secretName([]byte(schema.Fields[i].Name))
	}
	return r, nil
}

// tokens tells whether one of the rules is about tokens, so that names matter.
func (r *redaction) tokens(rules []int) bool {
	return slices.ContainsFunc(rules, func(k int) bool { return r.rules[k].kind == "token" })
}

// columnsOf are the columns that a rule names. A name stands for all that is in an object of that name too.
func (r *redaction) columnsOf(o *Options, schema *record.Schema, names []string) (columns []int, err error) {
	for _, name := range names {
		at := o.Find(name)
		if at < 0 {
			at = slices.IndexFunc(schema.Fields, func(f record.Field) bool { return f.Name == o.Called(name) })
		}
		if at < 0 && !o.Open {
			return nil, &Error{Key: "redact", Message: fmt.Sprintf("redact: there is no field %q", name), Name: name, Names: schema.Names()}
		}
		if at >= 0 && !hasTexts(&schema.Fields[at]) && !o.Open {
			return nil, &Error{Key: "redact", Message: fmt.Sprintf("redact: %q is of type %s, which has no texts", name, schema.Fields[at].TypeName())}
		}
		if at >= 0 {
			columns = append(columns, at)
		}
		for i := range schema.Fields {
			if o.Open && strings.HasPrefix(schema.Fields[i].Name, name+".") {
				columns = append(columns, i)
			}
		}
	}
	return columns, nil
}

// add has a rule apply to these columns, or to all.
func (r *redaction) add(k int, columns []int, everywhere bool) {
	whole := r.rules[k].find == nil
	r.whole = r.whole || whole
	for at := range r.fields {
		f, its := &r.fields[at], everywhere || slices.Contains(columns, at)
		switch {
		case !r.shown[at]:
		case !hasTexts(f):
			r.hidden[at] = r.hidden[at] || its && whole
		case its, f.Meta == record.MetaRaw && !whole: // what is to be found in a column stands in the raw text too
			r.columns[at] = append(r.columns[at], k)
		}
	}
}

func (r *redaction) note(name string, k int) {
	for i := range r.named {
		if r.named[i].name == name {
			if !slices.Contains(r.named[i].rules, k) {
				r.named[i].rules = append(r.named[i].rules, k)
			}
			return
		}
	}
	r.named = append(r.named, named{name, []int{k}})
}

// hasTexts tells whether a column holds texts, or lists or maps of such.
func hasTexts(f *record.Field) bool {
	for f.Type.Nested() {
		f = f.Elem
	}
	return f.Type.Text()
}

// checkRules finds what is wrong with rules whatever columns there are.
func checkRules(rules []Rule) error {
	for i := range rules {
		if _, err := compileRule(&rules[i]); err != nil {
			return err
		}
	}
	return nil
}

// compileRule makes a rule for each kind.
func compileRule(from *Rule) (rules []rule, err error) {
	wrong := func(message string) error { return &Error{Key: "redact", Message: "redact: " + message} }
	if from.Action != "" && !slices.Contains(actions, from.Action) {
		return nil, &Error{Key: "redact.action", Message: fmt.Sprintf("redact: there is no action %q", from.Action), Name: from.Action, Names: actions}
	}
	if (from.Action == "hash") != (from.Key != "") {
		return nil, wrong("hash needs a key, and nothing else does")
	}
	base := rule{action: from.Action, key: []byte(from.Key)}
	if base.action == "" {
		base.action = "mask"
	}
	for _, kind := range from.Find {
		one := base
		if one.find = finders[kind]; one.find == nil {
			return nil, &Error{Key: "redact.find", Message: fmt.Sprintf("redact: nothing finds %q", kind), Name: kind, Names: []string{"email", "ip", "card", "token"}}
		}
		if one.kind = kind; kind == "ip" && from.Action == "" {
			one.action = "truncate"
		}
		rules = append(rules, one)
	}
	if from.Pattern != "" {
		re, err := regexp.Compile(from.Pattern)
		if err != nil {
			return nil, wrong(err.Error())
		}
		base.find, base.kind = findPattern(re), "pattern"
		rules = append(rules, base)
	}
	if len(rules) == 0 {
		if from.Columns == nil {
			return nil, wrong("a rule says what it finds, by find or pattern, or names columns")
		}
		base.kind = "value"
		rules = append(rules, base)
	}
	for i := range rules {
		if rules[i].action == "truncate" && rules[i].kind != "ip" {
			return nil, wrong("only addresses (ip) can be truncated")
		}
	}
	return rules, nil
}

// findPattern finds what a regular expression matches, or its first group.
func findPattern(re *regexp.Regexp) finder {
	return func(text []byte, from int) (int, int, bool) {
		for from <= len(text) {
			m := re.FindSubmatchIndex(text[from:])
			if m == nil {
				return 0, 0, false
			}
			start, end := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				start, end = m[2], m[3]
			}
			if end > start {
				return from + start, from + end, true
			}
			from += m[1] + 1 // nothing was matched there
		}
		return 0, 0, false
	}
}

// redactor applies rules, for one builder.
type redactor struct {
	r    *redaction
	macs []hash.Hash // by rule
	a, b []byte
}

// newRedactor makes what a builder does when a batch is complete.
func (r *redaction) newRedactor() func(b *record.Builder) {
	w := &redactor{r: r, macs: make([]hash.Hash, len(r.rules))}
	for i := range r.rules {
		if r.rules[i].action == "hash" {
			w.macs[i] = hmac.New(sha256.New, r.rules[i].key)
		}
	}
	return w.run
}

// run rewrites the columns and rejects of a complete batch; nothing of its input stays with it.
func (w *redactor) run(b *record.Builder) {
	raw := func(rules []int) record.Edit {
		return func(dst, text []byte) ([]byte, bool) {
			if w.r.whole {
				return append(dst, masked...), true
			}
			return w.rewrite(dst, text, rules, about{})
		}
	}
	for col, rules := range w.r.columns {
		f := &w.r.fields[col]
		switch {
		case !w.r.shown[col]:
			b.Edit(col, func(dst, _ []byte) ([]byte, bool) { return dst, false })
		case w.r.hidden[col]:
			clear(b.Cols[col].Valid[:(b.Row+63)/64])
		case f.Meta == record.MetaRaw:
			b.Edit(col, raw(rules))
		case f.Overflow && len(w.r.named) > 0:
			b.Edit(col, func(dst, text []byte) ([]byte, bool) { return w.rewriteObject(dst, text, rules) })
		case len(rules) == 0:
			if b.Cols[col].Dict == nil {
				b.Edit(col, record.Copy)
			}
		default:
			w.edit(b, col, rules)
		}
	}
	all := []int{}
	for i := range w.r.rules {
		if w.r.rules[i].find != nil {
			all = append(all, i)
		}
	}
	b.EditRejects(raw(all))
	b.Forsake()
}

// edit rewrites a column.
func (w *redactor) edit(b *record.Builder, col int, rules []int) {
	to := about{address: w.r.fields[col].Type == record.IP, secret: w.r.secret[col]}
	usual := func(dst, text []byte) ([]byte, bool) { return w.rewrite(dst, text, rules, to) }
	secret := func(dst, text []byte) ([]byte, bool) { return w.rewrite(dst, text, rules, about{secret: true}) }
	if !w.r.tokens(rules) {
		b.Edit(col, usual)
		return
	}
	b.EditKeyed(col, usual, func(key []byte) record.Edit {
		if secretName(key) {
			return secret
		}
		return nil
	})
}

// about is what is known of a text beside itself.
type about struct {
	address bool // it is an address, or the value is null
	secret  bool // its name says that it is one
}

// rewrite applies rules one after the other.
func (w *redactor) rewrite(dst, text []byte, rules []int, to about) (out []byte, keep bool) {
	was := text
	for _, k := range rules {
		r := &w.r.rules[k]
		if r.find == nil || to.secret && r.kind == "token" {
			if r.action == "drop" {
				return dst, false
			}
			w.a = w.replace(w.a[:0], text, k)
		} else {
			start, end, ok := r.find(text, 0)
			if !ok {
				continue
			}
			w.a = w.a[:0]
			at := 0
			for ok {
				w.a = append(w.a, text[at:start]...)
				w.a = w.replace(w.a, text[start:end], k)
				at = end
				start, end, ok = r.find(text, at)
			}
			w.a = append(w.a, text[at:]...)
		}
		w.a, w.b = w.b, w.a
		text = w.b
	}
	if to.address && string(was) != string(text) && !value.IP(padded(text)) {
		return dst, false
	}
	return append(dst, text...), true
}

// padded is text with room behind it for who reads words.
func padded(text []byte) []byte {
	return append(append(make([]byte, 0, len(text)+64), text...), make([]byte, 64)...)[:len(text)]
}

// replace appends what stands for found.
func (w *redactor) replace(to, found []byte, k int) []byte {
	r := &w.r.rules[k]
	switch r.action {
	case "drop":
		return to
	case "hash":
		mac := w.macs[k]
		mac.Reset()
		mac.Write(found)
		var sum [sha256.Size]byte
		return hex.AppendEncode(to, mac.Sum(sum[:0])[:8])
	case "truncate":
		return appendTruncated(to, found)
	}
	to = append(to, masked...)
	if r.kind == "card" {
		to = append(to, found[len(found)-4:]...)
	}
	return to
}
