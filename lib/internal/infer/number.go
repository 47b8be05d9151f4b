package infer

import (
	"bytes"
	"math"
	"strconv"

	"github.com/sawlog/sawlog/lib/internal/float"
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// numbers is what the numbers seen at one key have in common.
type numbers struct {
	fraction bool // one has a fraction or an exponent
	negative bool
	big      bool // an integer beyond int64
	huge     bool // an integer beyond int64 on one side and uint64 on the other
	lossy    bool // a float64 does not keep every digit of one
}

// survive is how many digits every float64 keeps.
const survive = 15

func (s *numbers) add(text []byte) {
	if fraction, ok := short(text); ok {
		s.negative = s.negative || text[0] == '-'
		s.fraction = s.fraction || fraction
		return
	}
	s.addLong(text)
}

// short tells whether a number is so short that int64 and float64 keep it whole, and whether it has a fraction. It has no exponent.
func short(text []byte) (fraction, ok bool) {
	if len(text) > survive {
		return false, false
	}
	for _, c := range text {
		if c == '.' {
			fraction = true
		} else if c > '9' {
			return false, false
		}
	}
	return fraction, true
}

// addLong is add for every number.
func (s *numbers) addLong(text []byte) {
	s.negative = s.negative || text[0] == '-'
	if !integer(text) {
		s.fraction = true
	} else if _, ok := Int(text); !ok {
		_, ok := Uint(text)
		s.big, s.huge = true, s.huge || !ok
	}
	if _, whole, _ := Float(text); !whole {
		s.lossy = true
	}
}

// holds is the narrowest column that keeps every digit.
func (s *numbers) holds() Holds {
	switch {
	case s.fraction && !s.lossy:
		return Floats
	case s.fraction || s.huge || s.big && s.negative:
		return Numbers
	case s.big:
		return Uints
	}
	return Ints
}

// integer tells whether a number is written without fraction and exponent.
func integer(text []byte) bool { return !bytes.ContainsAny(text, ".eE") }

// Int is the value of a decimal integer.
func Int(text []byte) (int64, bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		v, ok := Uint(text[1:])
		return -int64(v), ok && v <= 1<<63
	}
	v, ok := Uint(text)
	return int64(v), ok && v < 1<<63
}

// Uint is the value of a decimal integer without sign.
func Uint(text []byte) (uint64, bool) {
	if len(text) == 0 {
		return 0, false
	}
	var v uint64
	for _, c := range text {
		d := uint64(c - '0')
		if d > 9 || v > math.MaxUint64/10 || v*10 > math.MaxUint64-d {
			return 0, false
		}
		v = v*10 + d
	}
	return v, true
}

// Float is the value of a number in JSON's grammar (leading zeros allowed). whole: it keeps every digit, so that its shortest form is
// the same number. ok is false for what is no number or beyond float64.
func Float(text []byte) (v float64, whole, ok bool) {
	if !IsNumber(text) {
		return 0, false, false
	}
	d, negative, split := float.Split(text)
	return nearest(text, d, negative, split)
}

// FloatAt is Float for the text b[i:end], which IsNumber. 16 bytes behind it may be read.
func FloatAt(b []byte, i, end int) (v float64, whole, ok bool) {
	d, negative, split := float.SplitAt(b, i, end)
	return nearest(b[i:end], d, negative, split)
}

// nearest is Float for a number that is split.
func nearest(text []byte, d float.Decimal, negative, split bool) (v float64, whole, ok bool) {
	if split {
		v, ok = d.Float()
	}
	if !ok {
		var err error
		if v, err = strconv.ParseFloat(mem.String(text), 64); err != nil {
			return 0, false, false
		}
	} else if negative {
		v = -v
	}
	return v, split && keeps(math.Abs(v), d), true
}

// keeps tells whether the shortest form of v is the number d.
func keeps(v float64, d float.Decimal) bool {
	const normal = 0x1p-1022
	switch {
	case d.Digits == 0:
		return true
	case d.Digits < 1e15 && d.Power >= -300 && d.Power <= 290:
		return true // 15 digits always survive where floats are dense
	case v >= normal:
		return d.Shortest(v)
	}
	var room [32]byte
	shortest, _, _ := float.Split(strconv.AppendFloat(room[:0], v, 'e', -1, 64))
	return v > 0 && shortest == d
}

// IsNumber tells whether text is a decimal number: digits, at most one sign in front, fraction, exponent; leading zeros are allowed.
func IsNumber(text []byte) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		return i > start
	}
	if i < len(text) && text[i] == '-' {
		i++
	}
	if !digits() {
		return false
	}
	if i < len(text) && text[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(text)
}
