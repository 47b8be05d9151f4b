package mine

import "bytes"

// classify emits the token line[start:end] with the kind that its form tells.
func (z *scanner) classify(start, end int, c counts) {
	token := z.line[start:end]
	if len(token) >= 256 { // very long runs are data
		z.emit(start, end, kindValue, 0)
		return
	}
	digits, letters := c.of(laneDigit), c.letters()
	if digits+letters == 0 {
		return
	}
	at, other, backslashes := rareBytes(token, c)
	first, slashes := token[0], c.of(laneSlash)
	switch {
	case first == '/' && len(token) > 1, len(token) > 2 && (first == '~' || first == '.') && slashes > 0,
		at > 0 && first != '@' && token[len(token)-1] != '@', backslashes > 1, slashes > 2:
		z.emit(start, end, kindValue, 0)
		return
	}
	assigned := start > 0 && (z.line[start-1] == '=' || start > 1 && z.line[start-1] == ' ' && z.line[start-2] == '=')
	if digits == 0 {
		z.emit(start, end, lettersOnly(token, c, assigned), 0)
		return
	}
	if letters == 0 && c.of(laneHyphen) > 0 && c.of(laneDot)+slashes+c.of(laneUnder)+other == 0 && digit(first) {
		z.numbers(start, end)
		return
	}
	k, head := withDigits(token, c, other, assigned)
	z.odd = z.odd || letters > 0 && !digit(first) && likeKnown(token)
	z.emit(start, end, k, head)
}

// rareBytes counts what the lanes do not.
func rareBytes(token []byte, c counts) (at, other, backslashes int) {
	if c.marks&(markAt|markBackslash|markOther|markColon|markPercent) == 0 {
		return 0, 0, 0
	}
	for _, b := range token {
		switch {
		case b == '@':
			at++
		case b == '\\':
			backslashes++
		case lane[b] == 0:
			other++
		}
	}
	return at, other, backslashes
}

// numbers emits each number of 2026-03-05 alone: the writers of templates count them so.
func (z *scanner) numbers(start, end int) {
	for from := start; from < end; {
		to := from
		for to < end && z.line[to] != '-' {
			to++
		}
		if to > from {
			z.emit(from, to, kindValue, 0)
		}
		from = to + 1
	}
}

// lettersOnly is the kind of a token without a digit.
func lettersOnly(token []byte, c counts, assigned bool) kind {
	dots := c.of(laneDot)
	switch {
	case dots > 0 || c.of(laneSlash) > 0:
		if dots == 1 && sourceFile(token) {
			return kindWord
		}
		if assigned || dots >= 2 && (topLevelDomain(token) || packageName(token) && !exceptionName(token)) {
			return kindValue
		}
		return kindSoft
	case c.of(laneUnder) > 0:
		return kindName
	}
	return wordKind(token[0], c)
}

// withDigits is the kind of a token that has digits, and for a value how much of its beginning is constant.
func withDigits(token []byte, c counts, other int, assigned bool) (k kind, head int) {
	digits, letters, dots, hyphens, unders := c.of(laneDigit), c.letters(), c.of(laneDot), c.of(laneHyphen), c.of(laneUnder)
	first := token[0]
	switch {
	case digit(first), (first == '-' || first == '+' || first == '.') && len(token) > 1 && (digit(token[1]) || token[1] == '.'), letters == 0, assigned:
		return kindValue, 0
	case knownWords[string(token)]:
		return kindWord, 0
	case c.of(laneSlash) > 0 && !(other > 0 && symbolAndOffset(token)):
		return kindValue, 0
	case c.of(laneHex) == letters && unders == 0 && dots == 0 && other == 0 && len(token) >= 6:
		return kindValue, 0
	}
	if head := constantHead(token, c); head > 0 {
		return kindValue, head
	}
	few := digits <= 2
	switch {
	case dots > 0 && (digits >= 2 || topLevelDomain(token) || dots >= 2 && packageName(token) && !exceptionName(token)):
		few = false
	case hyphens > 0:
		few = few && !numberBetweenHyphens(token)
	case unders > 0:
		few = digits < 4 && !numberBehindUnderscore(token)
	}
	if few {
		return kindDigits, 0
	}
	return kindValue, 0
}

// constantHead is the length of the letters and the joint that a value begins with: core. of core.2275, blk_x+ of blk_x+0x1f.
func constantHead(token []byte, c counts) int {
	i := 0
	for i < len(token) && (letter(token[i]) || token[i] == '_') {
		i++
	}
	if i == 0 || i+1 >= len(token) {
		return 0
	}
	behind := token[i+1:]
	number := digit(behind[0])
	switch token[i] {
	case '-':
		alone := c.of(laneHyphen) == 1 && c.of(laneDot) == 0 && c.of(laneUnder) == 0 && bytes.ContainsAny(behind, "0123456789")
		if token[i-1] == '_' || !alone && !(number && !hasLetter(behind)) {
			return 0
		}
		return i + 1
	case '+':
		if !number {
			return 0
		}
		return i + 1
	case '.', '#':
		if !number || c.of(laneHyphen) > 0 || c.of(laneDot) > 1 {
			return 0
		}
		return i + 1
	}
	return 0
}

func hasLetter(token []byte) bool {
	for _, c := range token {
		if letter(c) {
			return true
		}
	}
	return false
}

// numberBetweenHyphens tells whether some part between hyphens is all digits.
func numberBetweenHyphens(token []byte) bool {
	for part := range bytes.SplitSeq(token, []byte("-")) {
		if len(part) > 0 && len(bytes.Trim(part, "0123456789")) == 0 {
			return true
		}
	}
	return false
}

func numberBehindUnderscore(token []byte) bool {
	for i := range len(token) - 1 {
		if token[i] == '_' && digit(token[i+1]) {
			return true
		}
	}
	return false
}

// symbolAndOffset tells name+0x1f, with a slash behind it: name+0x1f/0x80.
func symbolAndOffset(token []byte) bool {
	for i := 1; i+1 < len(token); i++ {
		if token[i] == '+' {
			return digit(token[i+1])
		}
		if !letter(token[i]) && token[i] != '_' {
			return false
		}
	}
	return false
}
