package transform

import (
	"bytes"
	"net/netip"
	"regexp"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// What redact finds by itself. Each finder is linear in the text: it never goes back behind where it began.

func isDigit(c byte) bool  { return c-'0' <= 9 }
func isLetter(c byte) bool { return c|0x20-'a' < 26 }
func isWord(c byte) bool   { return isDigit(c) || isLetter(c) || c == '_' }

// findEmail finds name@host.domain, also with the sign as it is written in addresses of the web.
func findEmail(text []byte, from int) (start, end int, ok bool) {
	for low := from; ; {
		at, host := nextAt(text, from)
		if at < 0 {
			return 0, 0, false
		}
		for start = at; start > low && localPart(text[start-1]); start-- {
		}
		end = hostEnd(text, host)
		if start < at && end > host {
			return start, end, true
		}
		from, low = host, host
	}
}

// nextAt is the place of the next @ or %40, and where what follows it begins; -1: there is none. It looks at a piece at a time, so that what
// comes late is not looked for again and again.
func nextAt(text []byte, from int) (at, behind int) {
	const piece, escaped = 512, "%40"
	for from < len(text) {
		to := min(len(text), from+piece)
		k := bytes.IndexByte(text[from:to], '@')
		if k >= 0 {
			to = from + k
		}
		if e := bytes.Index(text[from:min(len(text), to+len(escaped)-1)], mem.Bytes(escaped)); e >= 0 {
			return from + e, from + e + len(escaped)
		}
		if k >= 0 {
			return to, to + 1
		}
		from = to
	}
	return -1, -1
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

// findIP finds addresses, alone or with a port behind them. They begin where no word goes on: behind a colon that may be the end of a name
// (addr:192.0.2.1) or of another address, and behind the two dots of a range.
func findIP(text []byte, from int) (start, end int, ok bool) {
	for i := from; i < len(text); i++ {
		switch {
		case !addressByte(text[i]) || text[i] == '.' || i > 0 && isWord(text[i-1]):
			continue
		case i > 0 && text[i-1] == '.' && !(i > 1 && text[i-2] == '.'): // a piece of a name or of a version
			continue
		}
		if n := fourEnd(text[i:]); n > 0 && !(i+n < len(text) && isWord(text[i+n])) {
			return i, i + n, true
		}
		if n := sixEnd(text, i); n > 0 {
			return i, i + n, true
		}
	}
	return 0, 0, false
}

// longestSix is how many bytes an address of IPv6 may have.
const longestSix = 45

// sixEnd is the length of an address of IPv6 at text[i], 0 where there is none. Behind a colon it begins only where a name ends there that could
// be no part of it: of a fingerprint in pairs of digits no eight are one.
func sixEnd(text []byte, i int) int {
	if i > 0 && text[i-1] == ':' && !(i > 1 && isWord(text[i-2]) && !addressByte(text[i-2])) {
		return 0
	}
	end, colons := i, 0
	for ; end < len(text) && addressByte(text[end]); end++ {
		if text[end] == ':' {
			colons++
		}
		if end-i > longestSix+len("...") { // of which some may stand behind it
			return 0
		}
	}
	if colons < 2 || end < len(text) && isWord(text[end]) {
		return 0
	}
	for end > i+2 && (text[end-1] == '.' || text[end-1] == ':' && text[end-2] != ':') {
		end--
	}
	if end-i > longestSix {
		return 0
	}
	if _, err := netip.ParseAddr(string(text[i:end])); err != nil {
		return 0
	}
	return end - i
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
	if i < len(text) && addressByte(text[i]) && text[i] != ':' && !(text[i] == '.' && (i+1 == len(text) || !isDigit(text[i+1]))) {
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

// sign is a part of a text by which a token can be told, in small letters, and what must stand there: the group is the secret.
type sign struct {
	text   string
	begins bool     // a word begins with it
	behind []string // or it stands behind one of these; nil: behind anything
	match  *regexp.Regexp
}

// assigned is what stands between such a word and its value, which may be in quotes, and these in a text in quotes again.
const (
	assigned = `\\*["']?\s*[=:]\s*(?:"` + scheme + `((?:[^"\\]|\\.)+)"|'` + scheme + `([^'\n]+)'|\\+"` + scheme + `((?:[^"\\]|\\[^"])+)\\+"|\\*["']?` + scheme + `([^\s"'&,;]+))`
	scheme   = `(?:(?:bearer|basic|token)\s+)?`
)

// signs are how tokens begin, or the words in front of them: compiled when a token is first looked for.
var signs = sync.OnceValue(func() []sign {
	return []sign{
		{text: "bearer", begins: true, match: regexp.MustCompile(`^(?i:bearer)\s+([A-Za-z0-9._~+/=-]{8,})`)},
		{text: "basic", begins: true, match: regexp.MustCompile(`^(?i:basic)\s+([A-Za-z0-9+/=]{8,})`)},
		{text: "eyj", begins: true, match: regexp.MustCompile(`^(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*)`)},
		{text: "akia", begins: true, match: regexp.MustCompile(`^(AKIA[0-9A-Z]{16})\b`)},
		{text: "asia", begins: true, match: regexp.MustCompile(`^(ASIA[0-9A-Z]{16})\b`)},
		{text: "gh", begins: true, match: regexp.MustCompile(`^(gh[pousr]_[A-Za-z0-9]{20,})`)},
		{text: "github_pat_", begins: true, match: regexp.MustCompile(`^(github_pat_[A-Za-z0-9_]{20,})`)},
		{text: "glpat-", begins: true, match: regexp.MustCompile(`^(glpat-[A-Za-z0-9_-]{20,})`)},
		{text: "xox", begins: true, match: regexp.MustCompile(`^(xox[abposr]-[A-Za-z0-9-]{10,})`)},
		{text: "sk_", begins: true, match: regexp.MustCompile(`^(sk_(?:live|test)_[A-Za-z0-9]{10,})`)},
		{text: "rk_", begins: true, match: regexp.MustCompile(`^(rk_(?:live|test)_[A-Za-z0-9]{10,})`)},
		{text: "aiza", begins: true, match: regexp.MustCompile(`^(AIza[0-9A-Za-z_-]{35})`)},
		{text: "authorization", match: regexp.MustCompile(`^(?i:authorization` + assigned + `)`)},
		{text: "passw", match: regexp.MustCompile(`^(?i:passw(?:or)?d` + assigned + `)`)},
		{text: "pwd", match: regexp.MustCompile(`^(?i:pwd` + assigned + `)`)},
		{text: "secret", match: regexp.MustCompile(`^(?i:secret` + assigned + `)`)},
		{text: "token", match: regexp.MustCompile(`^(?i:token` + assigned + `)`)},
		{text: "key", behind: []string{"api", "api_", "api-", "access_", "access-", "secret_", "secret-", "private_", "private-", "auth_", "auth-"}, match: regexp.MustCompile(`^(?i:key` + assigned + `)`)},
		{text: "session", match: regexp.MustCompile(`^(?i:session[_-]?id` + assigned + `)`)},
		{text: "://", match: regexp.MustCompile(`^://[^/\s:@]*:([^/\s@]+)@`)},
	}
})

// findToken finds secrets: the first that begins. It looks for signs in a piece of the text at a time, so that what comes late, or never, is
// not looked for again and again.
func findToken(text []byte, from int) (start, end int, ok bool) {
	const piece = 512
	var room [piece + longestSign]byte
	start = len(text)
	for all := signs(); from < len(text) && from < start; from += piece {
		lower := append(room[:0], text[from:min(len(text), from+piece+longestSign-1)]...) // a sign that begins in the piece ends in it
		for i, c := range lower {
			if c-'A' < 26 {
				lower[i] = c | 0x20
			}
		}
		for i := range all {
			if s, e, found := all[i].find(text, from, lower); found && s < start {
				start, end, ok = s, e, true
			}
		}
	}
	return start, end, ok
}

// longestSign is how long the longest of the signs is.
const longestSign = len("authorization")

// find finds the sign's first token of those that begin in lower, which is text from from on in small letters.
func (s *sign) find(text []byte, from int, lower []byte) (start, end int, ok bool) {
	for at := 0; ; {
		k := bytes.Index(lower[at:], mem.Bytes(s.text))
		if k < 0 {
			return 0, 0, false
		}
		at += k
		if s.fits(text[:from+at]) {
			m := s.match.FindSubmatchIndex(text[from+at : min(len(text), from+at+longestToken)])
			for k := 2; k < len(m); k += 2 {
				if m[k] >= 0 { // the group that took part
					return from + at + m[k], from + at + m[k+1], true
				}
			}
		}
		at += len(s.text)
	}
}

// secretName tells whether what has this name is a secret: what would be one behind NAME=.
func secretName(name []byte) bool {
	start, _, ok := findToken(append(append(make([]byte, 0, 64), name...), "=x"...), 0)
	return ok && start == len(name)+1
}

// longestToken bounds how much of a text is looked at for each sign.
const longestToken = 4096

// fits tells whether the sign may stand behind this text.
func (s *sign) fits(before []byte) bool {
	if s.begins {
		return len(before) == 0 || !isWord(before[len(before)-1])
	}
	if s.behind == nil {
		return true
	}
	for _, word := range s.behind {
		if n := len(before) - len(word); n >= 0 && bytes.EqualFold(before[n:], mem.Bytes(word)) {
			return true
		}
	}
	return false
}
