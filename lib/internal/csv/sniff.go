package csv

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
)

// candidates for a delimiter, the likeliest first.
const candidates = ",\t;|"

// delimiter is the one of the options, of the line sep=, or the candidate that cuts the most lines into equally many cells.
func (p *Plan) delimiter(lines []string, sep string) byte {
	if d := p.options.Delimiter; d != "" {
		return d[0]
	}
	if sep != "" {
		return sep[4]
	}
	best, most := candidates[0], 0
	for _, d := range []byte(candidates) {
		if n, _ := p.agree(lines, d); n > most {
			best, most = d, n
		}
	}
	return best
}

// agree counts the lines that d cuts into as many cells as most lines, at least two, and how many cells those are.
func (p *Plan) agree(lines []string, d byte) (n, width int) {
	c := &cells{delimiter: d, strict: true, backslash: p.options.Backslash}
	widths := map[int]int{}
	for _, line := range lines {
		if w, ok := c.count(line); ok && w > 1 {
			if widths[w]++; widths[w] > n || widths[w] == n && w > width {
				n, width = widths[w], w
			}
		}
	}
	return n, width
}

// looksLikeHeader tells whether the first row names the columns: its cells are names, all different, and either one is a name that logs
// use, or one stands above values that are no names.
func looksLikeHeader(rows [][]string) bool {
	if len(rows) < 2 {
		return false
	}
	seen, known := map[string]bool{}, false
	for _, cell := range rows[0] {
		name := strings.TrimSpace(cell)
		if !isName(name) || seen[name] {
			return false
		}
		seen[name] = true
		known = known || usual[strings.ToLower(name)]
	}
	return known || contrast(rows)
}

// usual are names that logs give to columns, and that are no values.
var usual = map[string]bool{"time": true, "timestamp": true, "datetime": true, "date": true, "ts": true, "level": true, "severity": true, "message": true, "msg": true,
	"host": true, "hostname": true, "client": true, "status": true, "user": true, "username": true, "method": true, "path": true, "url": true, "id": true, "name": true}

// contrast tells whether a column has, below the first row, values and none that is a name.
func contrast(rows [][]string) bool {
	for k := range rows[0] {
		values, names := 0, 0
		for _, row := range rows[1:] {
			if k >= len(row) || row[k] == "" {
				continue
			}
			values++
			if isName(row[k]) {
				names++
			}
		}
		if values > 0 && names == 0 {
			return true
		}
	}
	return false
}

// isName tells whether text could be what a column is called: it begins with a letter and is neither a value of a type nor a sentence.
func isName(text string) bool {
	if text == "" || len(text) > 64 || text[0]|0x20-'a' > 25 && text[0] != '_' && text[0] != '@' && text[0] < 0x80 {
		return false
	}
	kind := texts.Classify([]byte(text))
	return kind == texts.Text && !value.IP([]byte(text)) && !strings.ContainsAny(text, "=/\\?<>{}\"")
}

// Records counts the lines of a sample that a delimiter cuts into equally many cells, and all its lines that are not blank: for
// detection. Three lines are the least that say anything.
func (p *Plan) Records(sample []byte) (records, lines int) {
	b := &Bound{plan: p}
	all := b.begin(sample)
	n, width := p.agree(all, p.delimiter(all, b.sep))
	if len(all) < 3 || width < 3 {
		n = 0
	}
	return n, len(all)
}
