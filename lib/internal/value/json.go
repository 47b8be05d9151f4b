package value

// JSONEnd is the position behind the object or array that stands at b[i] and ends at or before b[end]: brackets that match outside of
// strings, an object beginning with a key. What else JSON demands is not looked at.
func JSONEnd(b []byte, i, end int) (int, bool) {
	const deepest = 64
	var open [deepest]byte
	depth := 0
	for i < end {
		switch c := b[i]; c {
		case '{', '[':
			if depth == deepest || c == '{' && !key(b, i+1, end) {
				return i, false
			}
			open[depth] = c + 2 // the bracket that closes it
			depth++
		case '}', ']':
			if depth == 0 || open[depth-1] != c {
				return i, false
			}
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '"':
			if i = stringEnd(b, i+1, end); i == end {
				return i, false
			}
		}
		if depth == 0 {
			return i, false
		}
		i++
	}
	return i, false
}

// key tells whether an object that opened before b[i] goes on with a key, or ends.
func key(b []byte, i, end int) bool {
	for i < end && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i < end && (b[i] == '"' || b[i] == '}')
}

// stringEnd is the position of the quote that ends the string which began before b[i], or end.
func stringEnd(b []byte, i, end int) int {
	for i < end && b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, end)
}
