package transform

import (
	"fmt"
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// constant is a column with one value.
type constant struct {
	column int
	text   []byte // with slack
	n      int
	word   uint64
	yes    bool
}

// addConstants adds the columns. Where the log has one of the name too, that is not shown.
func (p *Plan) addConstants(o *Options, fields []record.Field, shown []bool) ([]record.Field, error) {
	for _, c := range o.Constants {
		f := record.Field{Name: o.Called(c.Name)}
		to := constant{column: len(fields)}
		switch v := c.Value.(type) {
		case string:
			f.Type, f.Dictionary = record.String, true
			to.n, to.text = len(v), append([]byte(v), make([]byte, scan.Slack)...)
		case int64:
			f.Type, to.word = record.Int, uint64(v)
		case float64:
			f.Type, to.word = record.Float, math.Float64bits(v)
		case bool:
			f.Type, to.yes = record.Bool, v
		default:
			return nil, &Error{Key: "constants", Message: fmt.Sprintf("constants: %q is a text, a number or a bool", c.Name)}
		}
		twin := slices.IndexFunc(fields, func(other record.Field) bool { return other.Name == f.Name })
		switch {
		case twin >= len(shown):
			return nil, &Error{Key: "constants", Message: fmt.Sprintf("constants: the name %q is that of another new column", c.Name)}
		case twin >= 0 && !o.Open:
			return nil, &Error{Key: "constants", Message: fmt.Sprintf("constants: the log has a field %q already", c.Name)}
		case twin >= 0:
			shown[twin] = false
		}
		fields = append(fields, f)
		p.fixed = append(p.fixed, to)
	}
	return fields, nil
}

// fill writes the value in the rows from the row from on.
func (c *constant) fill(b *record.Builder, from int) {
	col := &b.Cols[c.column]
	index := int32(0)
	if col.Dict != nil && b.Row > from {
		index = col.Dict.Lookup(c.text, 0, c.n)
	}
	for row := from; row < b.Row; row++ {
		col.Valid[row>>6] |= 1 << (row & 63)
		switch {
		case col.Dict != nil:
			col.Index[row] = index
		case col.Type == record.Bool:
			col.Bits[row>>6] &^= 1 << (row & 63)
			if c.yes {
				col.Bits[row>>6] |= 1 << (row & 63)
			}
		default:
			col.Words[row] = c.word
		}
	}
}
