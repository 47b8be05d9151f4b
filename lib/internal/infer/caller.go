package infer

// FileLine splits FILE:LINE, as writers name the place in their code: file is how long FILE is. False for what is none, or is more, as
// FILE:LINE:COLUMN.
func FileLine(text []byte) (file int, line int64, ok bool) {
	at := len(text)
	for at > 0 && text[at-1]-'0' <= 9 {
		at--
	}
	digits := text[at:]
	if at < 2 || text[at-1] != ':' || len(digits) == 0 || len(digits) > 9 || digits[0] == '0' && len(digits) > 1 {
		return 0, 0, false
	}
	for _, c := range digits {
		line = line*10 + int64(c-'0')
	}
	file = at - 1
	before := file
	for before > 0 && text[before-1]-'0' <= 9 {
		before--
	}
	if before < file && before > 0 && text[before-1] == ':' {
		return 0, 0, false
	}
	return file, line, true
}
