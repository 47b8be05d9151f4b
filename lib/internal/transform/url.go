package transform

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// address is a column whose values are taken apart: /path?query, or scheme://host/path?query#fragment.
type address struct{ from, host, path, query int }

// addURLs adds a host, a path and a query for each column. The path and the query of a target are called so.
func (p *Plan) addURLs(o *Options, fields []record.Field) ([]record.Field, error) {
	for _, name := range o.URL {
		from := o.Find(name)
		if from >= 0 && o.Open && fields[from].Type != record.String && fields[from].Type != record.Bytes {
			from = noColumn
		}
		if from < 0 && !o.Open {
			names := make([]string, len(fields))
			for i := range fields {
				names[i] = fields[i].Name
			}
			return nil, &Error{Key: "urls", Message: fmt.Sprintf("urls: there is no field %q", name), Name: name, Names: names}
		}
		if from >= 0 {
			if t := fields[from].Type; t != record.String && t != record.Bytes {
				return nil, &Error{Key: "urls", Message: fmt.Sprintf("urls: %q is of type %s, no text", name, fields[from].TypeName())}
			}
		}
		source := o.Called(name)
		if from >= 0 {
			source = fields[from].Name
		}
		taken := func(name string) bool {
			return slices.ContainsFunc(fields, func(f record.Field) bool { return f.Name == name })
		}
		add := func(part string, f record.Field) int {
			f.Name = o.Called(part)
			if name != "target" || part == "host" || taken(f.Name) {
				f.Name = source + "_" + part
			}
			fields = append(fields, f)
			return len(fields) - 1
		}
		a := address{from: from}
		a.host = add("host", record.Field{Type: record.String})
		a.path = add("path", record.Field{Type: record.String})
		a.query = add("query", record.Field{Type: record.Map, Elem: &record.Field{Name: "value", Type: record.String}})
		p.urls = append(p.urls, a)
	}
	return fields, nil
}

// split fills the columns of the rows from the row from on.
func (a *address) split(b *record.Builder, from int) {
	var source *record.Col
	if a.from != noColumn {
		source = &b.Cols[a.from]
	}
	query := &b.Cols[a.query]
	end := b.Row
	defer func() { b.Row = end }()
	for row := from; row < end; row++ {
		b.Row = row
		b.Null(&b.Cols[a.host])
		b.Null(&b.Cols[a.path])
		b.Null(query)
		if source == nil {
			continue
		}
		text := b.RowText(source, row)
		if text == nil {
			continue
		}
		host, path, pairs, asked := parts(text)
		if host != nil {
			a.text(b, a.host, host)
		}
		if path != nil {
			a.decoded(b, a.path, path)
		}
		if asked {
			putQuery(b, query, pairs)
		}
	}
}

// text writes a text that stands somewhere.
func (a *address) text(b *record.Builder, column int, text []byte) {
	c := &b.Cols[column]
	c.Views[b.Row] = b.Text(text)
	b.Present(c)
}

// decoded writes a text with its escapes undone.
func (a *address) decoded(b *record.Builder, column int, text []byte) {
	c, start := &b.Cols[column], len(b.Side)
	b.Side = unescape(b.Side, text, false)
	c.Views[b.Row] = b.SideView(start)
	b.Present(c)
}

// parts takes an address apart. One that is none of a server (*, host:port of CONNECT) has no path.
func parts(text []byte) (host, path, query []byte, asked bool) {
	text, _, _ = bytes.Cut(text, []byte{'#'})
	text, query, asked = bytes.Cut(text, []byte{'?'})
	switch {
	case len(text) > 0 && text[0] == '/':
		return nil, text, query, asked
	case len(text) == 0:
		return nil, nil, query, asked
	}
	k := bytes.Index(text, []byte("://"))
	if k <= 0 || bytes.IndexByte(text[:k], '/') >= 0 {
		return nil, nil, query, asked
	}
	host = text[k+3:]
	path = []byte{'/'}
	if slash := bytes.IndexByte(host, '/'); slash >= 0 {
		host, path = host[:slash], host[slash:]
	}
	if at := bytes.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:] // who asks is no part of where
	}
	return host, path, query, asked
}

// mostPairs is how many parameters of a query are told apart; what is behind them stays in the last one.
const mostPairs = 256

// putQuery writes the parameters of a query. Of a name that comes twice the last value counts.
func putQuery(b *record.Builder, c *record.Col, query []byte) {
	type pair struct{ key, value []byte }
	var room [16]pair
	pairs := room[:0]
	for len(query) > 0 {
		part, rest := query, []byte(nil)
		if k := bytes.IndexAny(query, "&;"); k >= 0 && len(pairs) < mostPairs-1 {
			part, rest = query[:k], query[k+1:]
		}
		if query = rest; len(part) == 0 {
			continue
		}
		key, value, _ := bytes.Cut(part, []byte{'='})
		if k := slices.IndexFunc(pairs, func(p pair) bool { return bytes.Equal(p.key, key) }); k >= 0 {
			pairs[k].value = value
			continue
		}
		pairs = append(pairs, pair{key, value})
	}
	for _, p := range pairs {
		for i, text := range [2][]byte{p.key, p.value} {
			start := len(b.Side)
			b.Side = unescape(b.Side, text, true)
			to := c.Nested.Keys
			if i == 1 {
				to = c.Nested.Items
			}
			to.Text(b.SideView(start))
		}
	}
	b.EndList(c)
}

// unescape undoes %41, and + for a blank in a query. What is no escape stays.
func unescape(to, text []byte, plus bool) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '+' && plus:
			to = append(to, ' ')
		case c == '%' && i+2 < len(text) && digit(text[i+1]) < 16 && digit(text[i+2]) < 16:
			to = append(to, digit(text[i+1])<<4|digit(text[i+2]))
			i += 2
		default:
			to = append(to, c)
		}
	}
	return to
}

// digit is the value of a hexadecimal digit; 16 or more for anything else.
func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}
