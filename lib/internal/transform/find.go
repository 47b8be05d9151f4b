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

// sign is a part of a text by which a token can be told, in small letters, and what must stand there: the group is the secret.
type sign struct {
	text   string
	begins bool     // a word begins with it
	behind []string // or it stands behind one of these, or at the beginning of a word
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

// findToken finds secrets: the first that begins.
func findToken(text []byte, from int) (start, end int, ok bool) {
	var room [512]byte
	lower := append(room[:0], text[from:]...)
	for i, c := range lower {
		if c-'A' < 26 {
			lower[i] = c | 0x20
		}
	}
	start = len(text)
	all := signs()
	for i := range all {
		if s, e, found := all[i].find(text[from:], lower); found && from+s < start {
			start, end, ok = from+s, from+e, true
		}
	}
	return start, end, ok
}

// find finds the sign's first token.
func (s *sign) find(text, lower []byte) (start, end int, ok bool) {
	for at := 0; ; {
		k := bytes.Index(lower[at:], mem.Bytes(s.text))
		if k < 0 {
			return 0, 0, false
		}
		at += k
		if s.fits(lower, at) {
			m := s.match.FindSubmatchIndex(text[at:min(len(text), at+longestToken)])
			for k := 2; k < len(m); k += 2 {
				if m[k] >= 0 { // the group that took part
					return at + m[k], at + m[k+1], true
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

func (s *sign) fits(lower []byte, at int) bool {
	if s.begins {
		return at == 0 || !isWord(lower[at-1])
	}
	if s.behind == nil {
		return true
	}
	for _, word := range s.behind {
		if bytes.HasSuffix(lower[:at], []byte(word)) {
			return true
		}
	}
	return false
}
