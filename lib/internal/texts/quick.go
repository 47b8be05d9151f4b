package texts

import (
	"math"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// quick says how the values of a node are stored of which nothing is unusual.
type quick uint8

const (
	slowly        quick = iota // as Put does
	quickText                  // as it stands
	quickInt                   // up to 15 digits
	quickFloat                 // the same with a fraction
	inferredInt                // quickInt without a zero in front
	inferredFloat              // quickFloat without one
	quickWord                  // as the node's reader reads it
)

// quickly is how values of n may be stored.
func (s *Store) quickly(n *infer.Node) quick {
	if n.Role != infer.Plain || n.Skipped || n.Column < 0 {
		return slowly
	}
	switch d := n.Declared; n.Holds {
	case infer.Texts:
		return quickText
	case infer.Ints:
		return inferredInt
	case infer.Floats:
		return inferredFloat
	case infer.Given:
		switch {
		case Simple(d):
			return quickText
		case d.Type.Text() || d.Type == record.Bool || d.Type == record.Duration || d.Type.Nested():
		case s.Reads[n.ID] != nil:
			return quickWord
		case d.Type == record.Int || d.Type == record.Uint:
			return quickInt
		case d.Type == record.Float:
			return quickFloat
		}
	}
	return slowly
}

// Quick stores the value data[i:end], which has no escapes, if nothing is unusual about it; false: nothing is stored, Put has to look.
func (s *Store) Quick(b *record.Builder, n *infer.Node, i, end int) bool {
	var word uint64
	switch how := s.quick[n.ID]; how {
	case quickText:
		c := &b.Cols[n.Column]
		b.SetText(c, s.Data, i, end-i)
		b.Present(c)
		return true
	case quickInt, inferredInt:
		v, stop := scan.Digits(s.Data, i)
		if word = v; stop != end || uint(end-i-1) >= 15 || how == inferredInt && s.Data[i] == '0' && end-i > 1 {
			return false
		}
	case quickFloat, inferredFloat:
		f, stop := value.ShortFloat(s.Data, i)
		if word = math.Float64bits(f); stop != end || uint(end-i-1) >= 15 || how == inferredFloat && s.Data[i] == '0' && s.Data[i+1]-'0' <= 9 {
			return false
		}
	case quickWord:
		if i == end {
			return false
		}
		v, stop, ok := s.Reads[n.ID](s.Data, i)
		if word = uint64(v); !ok || stop != end {
			return false
		}
	default:
		return false
	}
	c := &b.Cols[n.Column]
	c.Words[b.Row] = word
	b.Present(c)
	return true
}
