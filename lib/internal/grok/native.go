package grok

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// natives read the common form of the definitions that stand in most patterns. Each gives the end of a match that the definition has, -1
// for none that it knows, -2 where it knows that there is none; whatever is unusual is left to the definition. native_test.go holds each against its definition.
var natives = map[string]*regex.Native{
	"IPV4": {Name: "IPV4", Match: octetsEnd, Over: digitBytes},
	"IP": {Name: "IP", Match: addressEnd, Over: digitBytes + "ABCDEFabcdef.:%", Inside: digitBytes + "ABCDEFabcdef.:",
		Short: &regex.Native{Name: "IP", Match: fourEnd, Over: digitBytes}}, // where it finds four numbers none of version 6 begins
	"IPORHOST": {Name: "IPORHOST", Match: hostEnd, Over: hostBytes, Last: lastHost, LastOfAll: lastHosts, Inside: hostInside,
		Short: &regex.Native{Name: "IPORHOST", Match: nameAtColonEnd, Over: userBytes}},
	"HOSTNAME":          {Name: "HOSTNAME", Match: hostnameEnd, Over: hostnameBytes},
	"USERNAME":          {Name: "USERNAME", Match: userEnd, Over: userBytes},
	"USER":              {Name: "USER", Match: userEnd, Over: userBytes},
	"HTTPDUSER":         {Name: "HTTPDUSER", Match: httpdUserEnd, Over: httpdUserBytes},
	"WORD":              {Name: "WORD", Match: wordEnd, Over: wordBytes},
	"BASE10NUM":         {Name: "BASE10NUM", Match: numberEnd}, // it is atomic: there is no other end
	"NUMBER":            {Name: "NUMBER", Match: numberEnd},
	"QUOTEDSTRING":      {Name: "QUOTEDSTRING", Match: quotedEnd},
	"QS":                {Name: "QS", Match: quotedEnd},
	"HTTPDATE":          {Name: "HTTPDATE", Match: httpDateEnd, Over: digitBytes},
	"HAPROXYDATE":       {Name: "HAPROXYDATE", Match: haproxyDateEnd, Over: digitBytes + "."},
	"SYSLOGTIMESTAMP":   {Name: "SYSLOGTIMESTAMP", Match: syslogTimeEnd, Over: digitBytes + ":.,", Last: noFraction},
	"JAVACLASS":         {Name: "JAVACLASS", Match: classEnd, Over: wordBytes + "$."},
	"LOGLEVEL":          {Name: "LOGLEVEL", Match: levelEnd, Over: letterBytes},
	"INT":               {Name: "INT", Match: intEnd, Over: digitBytes},
	"POSINT":            {Name: "POSINT", Match: posintEnd, Over: wordBytes},
	"NONNEGINT":         {Name: "NONNEGINT", Match: nonnegintEnd, Over: wordBytes},
	"MONTH":             {Name: "MONTH", Match: monthEnd, Over: wordBytes},
	"MONTHNUM":          {Name: "MONTHNUM", Match: monthnumEnd, Over: digitBytes, Within: true},
	"MONTHDAY":          {Name: "MONTHDAY", Match: monthdayEnd, Over: digitBytes, Within: true},
	"YEAR":              {Name: "YEAR", Match: yearEnd, Over: digitBytes, Within: true},
	"HOUR":              {Name: "HOUR", Match: hourEnd, Over: digitBytes, Within: true},
	"MINUTE":            {Name: "MINUTE", Match: minuteEnd},
	"SECOND":            {Name: "SECOND", Match: secondEnd, Over: digitBytes + ":.,", Last: noFraction},
	"TIME":              {Name: "TIME", Match: timeEnd, Over: digitBytes + ":.,", Last: noFraction},
	"TIMESTAMP_ISO8601": {Name: "TIMESTAMP_ISO8601", Match: isoTimeEnd, Over: digitBytes + ":.,Z+-", Last: noFraction, Within: true},
}

const (
	digitBytes  = "0123456789"
	letterBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	wordBytes   = digitBytes + letterBytes + "_"
	hostInside  = wordBytes + "-.:"
	hostBytes   = hostInside + "%" // which the name of a network stands behind, of any bytes
	userBytes   = wordBytes + "-."

	hostnameBytes = digitBytes + letterBytes + "-."

	httpdUserBytes = userBytes + "!#$%&'*+/=?^`{|}~@,:;<"
)

// known are definitions as Logstash ships them, by name and hash of the text: what they match is what those of base match.
var known = map[string][]uint64{
	"BASE10NUM":         {0xcd4a02decb011a15},
	"EMAILADDRESS":      {0x593d17fb3aa161a2},
	"EMAILLOCALPART":    {0xc6701fd586f4a192, 0xee7d04dd951057aa},
	"HAPROXYDATE":       {0x10bfcabec4ec04ea, 0x502608e236726e84}, // any character may stand in front of the fraction: haproxyDateEnd knows
	"HAPROXYTIME":       {0x2749f5995662330c, 0xa06ff874c36042aa}, // in a HAPROXYDATE
	"HOSTNAME":          {0x9c18d6c5ffe63c31},
	"HOUR":              {0x3b4b79ffff9da665},
	"HTTPDATE":          {0xc60bf8198a55ba7b},
	"HTTPDUSER":         {0xfb10c76154ef611e},
	"INT":               {0x3e4378d172581e6b},
	"IP":                {0x8d45b511ef4e197b},
	"IPORHOST":          {0x42a09ceb61d82af9},
	"IPV4":              {0xa816de9c4b55c105},
	"IPV6":              {0x57cc0c0f7f053c4c},
	"ISO8601_TIMEZONE":  {0xb9b7b68a35a64f2e},
	"JAVACLASS":         {0xeb14760b608aceaf},
	"LOGLEVEL":          {0xe6c3598fbb714c0d},
	"MINUTE":            {0xf620e03ece589b01},
	"MONTH":             {0xf35b5f9353f92845},
	"MONTHDAY":          {0x887141b46f83054c},
	"MONTHNUM":          {0x8c75c6b1f4ea1d71},
	"NONNEGINT":         {0xa4059b810c98576},
	"NUMBER":            {0xbd237270b197135c},
	"POSINT":            {0x68f309eea48057d8},
	"QS":                {0xb5557ab945725357},
	"QUOTEDSTRING":      {0x55c6b42f0e119db1},
	"SECOND":            {0x9987ed06c5a2d08e},
	"SYSLOGTIMESTAMP":   {0xf89edde6dd92a234},
	"TIME":              {0x2749f5995662330c},
	"TIMESTAMP_ISO8601": {0x484720eaacd8a37b},
	"USER":              {0xfd474306ca7d7090},
	"USERNAME":          {0xf4b5120aa9a5bc8e},
	"WORD":              {0xd42fcdf05ec05ff9},
	"YEAR":              {0x851f4192c0801ca},
}

// standard tells whether a name, and all that it refers to, means what it means in base.
func (d *definitions) standard(name string, depth int) bool {
	def, ok := d.named[name]
	if !ok || depth > mostNested {
		return false
	}
	if def.text != builtIn.named[name].text && !slices.Contains(known[name], hash(def.text)) {
		return false
	}
	for text := def.text; ; {
		_, rest, found := strings.Cut(text, "%{")
		if !found {
			return true
		}
		end := nameEnd(rest, 0)
		if !d.standard(rest[:end], depth+1) {
			return false
		}
		text = rest[end:]
	}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// builtIn are the definitions of base.
var builtIn = func() *definitions {
	d := &definitions{named: map[string]definition{}}
	d.lines(base, "")
	return d
}()

func table(bytes string) *[256]bool {
	var t [256]bool
	for _, c := range []byte(bytes) {
		t[c] = true
	}
	return &t
}

var (
	userTable = table(userBytes)

	httpdUserTable = table(httpdUserBytes)

	wordTable  = table(wordBytes)
	nameTable  = table(wordBytes + "$")
	labelTable = table(strings.ReplaceAll(wordBytes, "_", "") + "-")
)

// The same as classes, and what hosts are made of.
var (
	userClass = scan.NewClass(func(c byte) bool { return userTable[c] })
	wordClass = scan.NewClass(func(c byte) bool { return wordTable[c] })
	hostClass = scan.NewClass(func(c byte) bool { return labelTable[c] || c == '.' })
)

func digit(c byte) bool { return c-'0' <= 9 }

// userEnd reads a name of letters, digits, dots, dashes and underscores.
func userEnd(data []byte, _, i, to int) int {
	end := userClass.End(data, i, to)
	if end == i {
		return -2
	}
	return end
}

// httpdUserEnd is userEnd where the address of a mailbox may stand too.
func httpdUserEnd(data []byte, from, i, to int) int {
	end := userEnd(data, from, i, to)
	if end < 0 && i < to && httpdUserTable[data[i]] {
		return -1
	}
	return end
}

// classEnd reads names of letters, digits, underscores and dollars between dots; none begins with a digit.
func classEnd(data []byte, _, i, to int) int {
	end := -2
	for i < to && nameTable[data[i]] && !digit(data[i]) {
		for i < to && nameTable[data[i]] {
			i++
		}
		end = i
		i++ // a dot, or else no name begins behind it
		if end >= to || data[end] != '.' {
			break
		}
	}
	return end
}

// wordEnd reads a word of ASCII.
func wordEnd(data []byte, from, i, to int) int {
	if i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) {
		if unfit := bounded(data, from, i, to); unfit != 0 {
			return unfit
		}
	}
	start := i
	switch i = wordClass.End(data, i, to); {
	case i == start:
		return min(bounded(data, from, start, to), -1)
	case i < to && data[i] >= 0x80 && regex.WordAt(data, i, to):
		return -1 // it goes on
	}
	return i
}

// bounded tells what is to be returned for what begins with a character of ASCII that words have, behind none, and does not stand at i: 0 where
// it may. With one beyond ASCII it may begin too: -1.
func bounded(data []byte, from, i, to int) int {
	switch {
	case i < to && data[i] >= 0x80 && regex.WordAt(data, i, to):
		return -1
	case i >= to || !wordTable[data[i]]:
		return -2
	case i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80 && regex.WordBefore(data, from, i, to)):
		return -2
	}
	return 0
}

// digitsEnd is the end of the digits that begin at i.
func digitsEnd(data []byte, i, to int) int {
	for n := 8; n == 8 && i < to; i += n {
		n = scan.DigitRun(mem.Load64(data, i)) // what is behind the text can be read
	}
	return min(i, to)
}

// intEnd reads digits with or without a sign.
func intEnd(data []byte, _, i, to int) int {
	if i < to && (data[i] == '-' || data[i] == '+') {
		i++
	}
	if end := digitsEnd(data, i, to); end > i {
		return end
	}
	return -2
}

// nonnegintEnd reads digits between characters that no word has.
func nonnegintEnd(data []byte, from, i, to int) int {
	if i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) {
		if unfit := bounded(data, from, i, to); unfit != 0 {
			return unfit
		}
	}
	end := digitsEnd(data, i, to)
	if end == i || end < to && (wordTable[data[end]] || data[end] >= 0x80 && regex.WordAt(data, end, to)) {
		return -2
	}
	return end
}

// posintEnd is nonnegintEnd for what does not begin with a zero.
func posintEnd(data []byte, from, i, to int) int {
	if i >= to || data[i] == '0' {
		return -2
	}
	return nonnegintEnd(data, from, i, to)
}

// numberEnd reads digits with or without a sign and a fraction, behind anything but a number.
func numberEnd(data []byte, from, i, to int) int {
	if i > from {
		if c := data[i-1]; digit(c) || c == '.' || c == '+' || c == '-' {
			return -2
		}
	}
	if i < to && (data[i] == '-' || data[i] == '+') {
		i++
	}
	start := i
	if i += scan.DigitRun(mem.Load64(data, i)); i-start == 8 || i > to { // what is behind the text can be read
		i = digitsEnd(data, start, to)
	}
	switch {
	case i+1 < to && data[i] == '.' && digit(data[i+1]):
		return digitsEnd(data, i+1, to)
	case i == start:
		return -2
	}
	return i
}

// quotedEnd reads a text between double quotes without a backslash in it or before it.
func quotedEnd(data []byte, from, i, to int) int {
	if i >= to || data[i] != '"' || i > from && data[i-1] == '\\' {
		if i < to && (data[i] == '\'' || data[i] == '`') {
			return -1
		}
		return -2
	}
	if i = scan.Find3(data, i+1, '"', '\\', '\n'); i >= to || data[i] != '"' {
		return -1
	}
	return i + 1
}

// levelEnd reads the word for a level, in letters of one case, or with a capital in front.
func levelEnd(data []byte, _, i, to int) int {
	const longest = len("information")
	var word [longest]byte
	n := 0
	for ; n < longest && i+n < to && data[i+n]|0x20-'a' < 26; n++ {
		word[n] = data[i+n] | 0x20
	}
	if n >= 2 {
		switch string(word[:2]) {
		case "al", "tr", "de", "no", "in", "wa", "er", "cr", "fa", "se", "em":
		default:
			return -2
		}
	}
	end := i + n
	if n < 2 {
		return -2
	}
	if end < to && data[end]|0x20-'a' < 26 {
		return -1
	}
	style := data[i+1] & 0x20
	for _, c := range data[i+2 : end] {
		if c&0x20 != style {
			return -1
		}
	}
	if style == 0 && data[i]&0x20 != 0 {
		return -1
	}
	switch string(word[:n]) {
	case "info", "warn", "error", "debug", "warning", "trace", "fatal", "notice", "severe", "err", "crit", "critical", "alert", "emerg", "emergency", "information":
		return end
	}
	return -1
}
