package transform

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Values that have no column of their own, or another type than it has, stand in one column as a JSON object. What rules say of columns
// holds for them too.

// rewriteObject applies rules to a JSON object, first those about what has a name in it.
func (w *redactor) rewriteObject(dst, text []byte, rules []int) ([]byte, bool) {
	if w.mentioned(text) {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		edited, _, err := w.value(nil, d, "")
		if err != nil {
			return dst, false // nobody knows what it holds
		}
		text = edited
	}
	return w.rewrite(dst, text, rules, about{})
}

// mentioned tells whether a name that rules are about may be in the object.
func (w *redactor) mentioned(text []byte) bool {
	return bytes.IndexByte(text, '\\') >= 0 || slices.ContainsFunc(w.r.named, func(n named) bool {
		first, _, _ := strings.Cut(n.name, ".")
		return bytes.Contains(text, []byte(first))
	})
}

// value appends the next value of d, which stands at a path; false: it is dropped.
func (w *redactor) value(to []byte, d *json.Decoder, path string) (out []byte, keep bool, err error) {
	token, err := d.Token()
	if err != nil {
		return to, false, err
	}
	switch v := token.(type) {
	case json.Delim:
		return w.members(to, d, path, v == '{')
	case string:
		text, keep := w.rewrite(nil, []byte(v), w.about(path, false), about{})
		return appendQuoted(to, string(text)), keep, nil
	case nil:
		return append(to, "null"...), true, nil
	}
	literal, err := json.Marshal(token)
	if rules := w.about(path, true); err == nil && len(rules) > 0 {
		text, keep := w.rewrite(nil, literal, rules, about{})
		return appendQuoted(to, string(text)), keep, nil
	}
	return append(to, literal...), true, err
}

// members appends what is in an object or a list that has begun, and its end.
func (w *redactor) members(to []byte, d *json.Decoder, path string, object bool) (out []byte, keep bool, err error) {
	begin, end := byte('['), byte(']')
	if object {
		begin, end = '{', '}'
	}
	to = append(to, begin)
	for first := true; d.More(); {
		before, at := len(to), path
		if !first {
			to = append(to, ',')
		}
		if object {
			key, err := d.Token()
			if err != nil {
				return to, false, err
			}
			if at = key.(string); path != "" {
				at = path + "." + at
			}
			to = append(appendQuoted(to, key.(string)), ':')
		}
		if to, keep, err = w.value(to, d, at); err != nil {
			return to, false, err
		}
		if !keep {
			to = to[:before]
			continue
		}
		first = false
	}
	_, err = d.Token()
	return append(to, end), true, err
}

// about is the rules for what stands at a path: those that name it or an object that it is in. whole: only those that hide whole values.
func (w *redactor) about(path string, whole bool) (rules []int) {
	for i := range w.r.named {
		n := &w.r.named[i]
		if path != n.name && !strings.HasPrefix(path, n.name+".") {
			continue
		}
		for _, k := range n.rules {
			if !slices.Contains(rules, k) && (!whole || w.r.rules[k].find == nil) {
				rules = append(rules, k)
			}
		}
	}
	slices.Sort(rules)
	return rules
}

// appendQuoted appends text as a JSON string.
func appendQuoted(to []byte, text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // of a text it does not fail
	return append(to, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
