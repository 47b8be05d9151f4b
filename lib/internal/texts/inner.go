package texts

// InnerPairs counts what looks like pairs within a value, each behind a comma, a semicolon or a bar: "a|b=1|c=2" has two. Where there are as
// many as outside of values, the line is not written as it has been read.
func InnerPairs(text []byte) (n int) {
	key := -1 // where a key may begin, -1: nowhere
	for i, c := range text {
		switch {
		case c == ',' || c == ';' || c == '|':
			key = i + 1
		case c == '=' && key >= 0 && i > key:
			n++
			key = -1
		case key >= 0 && c|0x20-'a' > 'z'-'a' && c-'0' > 9 && c != '_' && c != '.' && c != '-':
			key = -1
		}
	}
	return n
}
