package transform

import (
	"bytes"
	"net/netip"
	"regexp"
)

// What redact finds by itself. Each finder is linear in the text: it never goes back behind where it began.

func isDigit(c byte) bool  { return c-'0' <= 9 }
func isLetter(c byte) bool { return c|0x20-'a' < 26 }
func isWord(c byte) bool   { return isDigit(c) || isLetter(c) || c == '_' }

// findEmail finds name@host.domain.
func findEmail(text []byte, from int) (start, end int, ok bool) {
	for low := from; ; {
		k := bytes.IndexByte(text[from:], '@')
		if k < 0 {
			return 0, 0, false
		}
		at := from + k
		for start = at; start > low && localPart(text[start-1]); start-- {
		}
		end = hostEnd(text, at+1)
		if start < at && end > at+1 {
			return start, end, true
		}
		from = at + 1
		low = from
	}
}

func localPart(c byte) bool {
	return isWord(c) || c == '.' || c == '-' || c == '+' || c == '%' || c >= 0x80
}

// hostEnd is the end of a name with a dot in it and letters behind that; i where there is none.
func hostEnd(text []byte, i int) int {
	end, label, dots, letters := i, i, 0, false
	for k := i; ; k++ {
		if k < len(text) && (isWord(text[k]) || text[k] == '-' || text[k] >= 0x80) {
			letters = letters || !isDigit(text[k])
			continue
		}
		if k == label || k-label > 63 {
			break
		}
		if dots > 0 && k-label >= 2 && letters {
			end = k
		}
		if k == len(text) || text[k] != '.' {
			break
		}
		dots, label, letters = dots+1, k+1, false
	}
	return end
}

// findIP finds addresses, alone or with a port behind them.
func findIP(text []byte, from int) (start, end int, ok bool) {
	for i := from; i < len(text); {
		if !addressByte(text[i]) || text[i] == '.' {
			i++
			continue
		}
		stop, colons, dots := i, 0, 0
		for ; stop < len(text) && addressByte(text[stop]); stop++ {
			switch text[stop] {
			case ':':
				colons++
			case '.':
				dots++
			}
		}
		before := i > 0 && (isWord(text[i-1]) || text[i-1] == '.')
		behind := stop < len(text) && isWord(text[stop])
		if !before && dots >= 3 {
			if n := fourEnd(text[i:stop]); n > 0 && !(behind && i+n == stop) {
				return i, i + n, true
			}
		}
		if !before && !behind && colons >= 2 {
			for end = stop; end > i+2 && (text[end-1] == '.' || text[end-1] == ':' && text[end-2] != ':'); end-- {
			}
			if end-i <= 45 {
				if _, err := netip.ParseAddr(string(text[i:end])); err == nil {
					return i, end, true
				}
			}
		}
		i = stop
	}
	return 0, 0, false
}

func addressByte(c byte) bool {
	return isDigit(c) || c|0x20-'a' < 6 || c == ':' || c == '.'
}

// fourEnd is the length of a.b.c.d at the beginning of text, 0 where there is none.
func fourEnd(text []byte) int {
	i := 0
	for part := range 4 {
		v, n := 0, 0
		for i+n < len(text) && isDigit(text[i+n]) && n < 4 {
			v, n = v*10+int(text[i+n]-'0'), n+1
		}
		if n == 0 || n > 3 || v > 255 {
			return 0
		}
		i += n
		if part < 3 {
			if i == len(text) || text[i] != '.' {
				return 0
			}
			i++
		}
	}
	if i < len(text) && text[i] != ':' && !(text[i] == '.' && (i+1 == len(text) || !isDigit(text[i+1]))) {
		return 0
	}
	return i
}

// appendTruncated appends an address without what tells a household: the last byte of four, all but the first six of sixteen.
func appendTruncated(to, text []byte) []byte {
	addr, err := netip.ParseAddr(string(text))
	if err != nil {
		return append(to, masked...)
	}
	bits := 48
	if addr = addr.WithZone(""); addr.Is4() || addr.Is4In6() {
		addr, bits = addr.Unmap(), 24
	}
	prefix, _ := addr.Prefix(bits)
	return prefix.Addr().AppendTo(to)
}

// findCard finds the numbers of payment cards: 13 to 19 digits, in one or in the groups that stand on cards, whose check digit is right.
func findCard(text []byte, from int) (start, end int, ok bool) {
	for i := from; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		stop := i
		for stop < len(text) && isDigit(text[stop]) {
			stop++
		}
		if text[i]-'2' <= 4 && (i == 0 || !isWord(text[i-1])) {
			end = stop
			if stop-i == 4 {
				end = grouped(text, i)
			}
			if (end == len(text) || !isWord(text[end])) && luhn(text[i:end]) {
				return i, end, true
			}
		}
		i = stop
	}
	return 0, 0, false
}

// grouped is the end of 4-4-4-4 or 4-6-5 digits with blanks or dashes between them.
func grouped(text []byte, i int) int {
	group := func(at, digits int) bool {
		for k := at; k < at+digits; k++ {
			if k >= len(text) || !isDigit(text[k]) {
				return false
			}
		}
		return at+digits == len(text) || !isDigit(text[at+digits])
	}
	if i+4 >= len(text) || text[i+4] != ' ' && text[i+4] != '-' {
		return i + 4
	}
	same := func(at int) bool { return at < len(text) && text[at] == text[i+4] }
	switch {
	case group(i+5, 4) && same(i+9) && group(i+10, 4) && same(i+14) && group(i+15, 4):
		return i + 19
	case group(i+5, 6) && same(i+11) && group(i+12, 5):
		return i + 17
	}
	return i + 4
}

// luhn tells whether the digits are 13 to 19 and the last of them checks the others.
func luhn(text []byte) bool {
	sum, n := 0, 0
	for k := len(text) - 1; k >= 0; k-- {
		if !isDigit(text[k]) {
			continue
		}
		d := int(text[k] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 13 && n <= 19 && sum%10 == 0
}

// tokens are secrets that can be told by their looks, or by the word in front of them: then the first group that matches is the secret.
var tokens = regexp.MustCompile(`(?i:\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})` +
	`|(\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*)` +
	`|(\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)` +
	`|(\b(?:gh[pousr]_|github_pat_|glpat-)[A-Za-z0-9_-]{20,})` +
	`|(\bxox[abposr]-[A-Za-z0-9-]{10,})` +
	`|(\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,})` +
	`|(\bAIza[0-9A-Za-z_-]{35})` +
	`|(?i:\b(?:[a-z0-9]+[_-])*(?:password|passwd|pwd|secret|token|api[_-]?key|apikey|session[_-]?id|private[_-]?key|authorization)["']?\s*[=:]\s*["']?(?:(?:bearer|basic|token)\s+)?)([^\s"'&,;]+)` +
	`|://[^/\s:@]*:([^/\s@]+)@`)

// signs are parts of which a text with a token has one, in small letters.
var signs = [][]byte{[]byte("bearer"), []byte("basic"), []byte("eyj"), []byte("akia"), []byte("asia"), []byte("gh"), []byte("glpat-"), []byte("xox"), []byte("k_live_"),
	[]byte("k_test_"), []byte("aiza"), []byte("passw"), []byte("pwd"), []byte("secret"), []byte("token"), []byte("key"), []byte("session"), []byte("auth"), []byte("://")}

// findToken finds secrets.
func findToken(text []byte, from int) (start, end int, ok bool) {
	if from == 0 && !hasSign(text) {
		return 0, 0, false
	}
	// What is in front of a token tells it, so the whole text is looked at again from a token's end on.
	m := tokens.FindSubmatchIndex(text[from:])
	for k := 2; k < len(m); k += 2 {
		if m[k] >= 0 {
			return from + m[k], from + m[k+1], true
		}
	}
	return 0, 0, false
}

func hasSign(text []byte) bool {
	var room [256]byte
	lower := append(room[:0], text...)
	for i, c := range lower {
		if c-'A' < 26 {
			lower[i] = c | 0x20
		}
	}
	for _, sign := range signs {
		if bytes.Contains(lower, sign) {
			return true
		}
	}
	return false
}
