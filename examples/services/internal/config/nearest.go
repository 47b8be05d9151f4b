package config

// meant is a hint at the name that is nearest to one that is not known, or "" when none differs by at most so many letters. prefix stands before
// the name in the hint.
func meant(word string, names []string, most int, prefix string) (hint string) {
	for _, name := range names {
		if d := distance(word, name); d <= most {
			most, hint = d-1, " (did you mean "+prefix+name+"?)"
		}
	}
	return hint
}

// distance is how many letters are to be added, removed or replaced until a is b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0] // of the row above
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
