package grok

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// The common forms of addresses and the names of hosts.

// addressEnd reads an address of either version.
func addressEnd(data []byte, from, i, to int) int {
	end := octetsEnd(data, from, i, to)
	if end >= 0 || end == -2 && !mayBeGroups(data, i, to) {
		return end
	}
	return groupsEnd(data, i, to)
}

// fourEnd reads an address of version 4 where one of version 6 may stand too.
func fourEnd(data []byte, from, i, to int) int {
	end := octetsEnd(data, from, i, to)
	if end == -2 && mayBeGroups(data, i, to) {
		return -1
	}
	return end
}

// mayBeGroups tells whether an IPv6 address may begin at i: with a colon or a hexadecimal group in front of one.
func mayBeGroups(data []byte, i, to int) bool {
	const longest = 4
	k := i
	for k < to && k-i < longest && (digit(data[k]) || data[k]|0x20-'a' <= 5) {
		k++
	}
	return k < to && data[k] == ':'
}

// groupsEnd reads an IPv6 address of hexadecimal groups, with or without "::" for those that are left out.
func groupsEnd(data []byte, i, to int) int {
	const all, longest = 8, 4
	groups, gap, digits := 0, false, 0
	for start := i; ; i++ {
		c := byte(' ')
		if i < to {
			c = data[i]
		}
		if digit(c) || c|0x20-'a' <= 5 {
			if digits++; digits > longest {
				return -1
			}
			continue
		}
		if digits > 0 {
			if groups++; groups > all {
				return -1 // before all groups of a long text are read, from each of them anew
			}
		}
		switch {
		case c == ':' && (digits > 0 || i == start):
			// Behind a second colon there may be nothing, behind a first one there must be something.
			if digits = 0; i+1 < to && data[i+1] == ':' {
				if gap {
					return -1
				}
				gap, i = true, i+1
				if i+1 < to && data[i+1] == ':' {
					return -1
				}
			} else if i == start {
				return -1
			}
			continue
		case c == '.' || c == '%' || c == ':':
			return -1
		case digits == 0 && (!gap || data[i-2] != ':' || data[i-1] != ':'):
			return -1
		case !gap && groups != all || gap && groups >= all:
			return -1
		}
		return i
	}
}

// octetsEnd reads an IPv4 address of numbers without zeros in front, not preceded by a digit, nor followed by a digit, a letter, a dot or a
// dash.
func octetsEnd(data []byte, from, i, to int) int {
	if i > from && data[i-1] >= 0x80 {
		return -1
	}
	if i > from && digit(data[i-1]) {
		return -2
	}
	for part := range 4 {
		if part > 0 {
			if i >= to || data[i] != '.' {
				return -2
			}
			i++
		}
		v, n := 0, 0
		for i < to && n < 4 && digit(data[i]) {
			v = v*10 + int(data[i]-'0')
			i++
			n++
		}
		switch {
		case n == 0 || n > 3:
			return -2
		case v > 255 || n > 1 && data[i-n] == '0':
			return -1
		}
	}
	if i < to && (userTable[data[i]] || data[i] >= 0x80) {
		return -1
	}
	return i
}

// How many bytes of a name are looked at before it is read label by label, and the most that are then read: a longer one is left to the
// pattern, since the search may begin at each of its labels.
const (
	seen     = 33
	mostName = 256
)

// hostEnd reads an address or a name: letters, digits and dashes between dots. Inside of a word no name begins. Where a colon is near
// it may be an IPv6 address.
func hostEnd(data []byte, from, i, to int) int {
	end := hostClass.End(data, i, min(to, i+seen))
	if end < to && data[end] == ':' && end < i+5 {
		return groupsEnd(data, i, to)
	}
	if end == i && (i >= to || data[i] < 0x80) {
		return -2
	}
	if i > from {
		switch before := data[i-1]; {
		case before >= 0x80:
			return -1
		case i < to && wordTable[before] && wordTable[data[i]]:
			if digit(before) || !digit(data[i]) {
				return -2
			}
			return -1
		}
	}
	if end-i < seen && plainHost(data, i, end) {
		return end
	}
	return labelsEnd(data, i, to)
}

// hostnameEnd reads a name. Inside of a word none begins.
func hostnameEnd(data []byte, from, i, to int) int {
	if i >= to || !labelTable[data[i]] || data[i] == '-' {
		return -2
	}
	if i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) {
		if data[i-1] >= 0x80 {
			return -1
		}
		return -2
	}
	if end := hostClass.End(data, i, min(to, i+seen)); end-i < seen && plainHost(data, i, end) {
		return end
	}
	return labelsEnd(data, i, to)
}

// nameAtColonEnd is hostEnd where no IPv6 address can begin: behind the first group of those, of four characters at most, stands a colon.
func nameAtColonEnd(data []byte, from, i, to int) int {
	end := hostClass.End(data, i, min(to, i+seen))
	if end >= i+5 || end == to || data[end] != ':' {
		return hostEnd(data, from, i, to)
	}
	if i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) {
		return -1
	}
	for k := i; k < end; k++ {
		if c := data[k]; !digit(c) && c|0x20-'a' > 5 {
			return labelsEnd(data, i, to)
		}
	}
	return -1
}

// plainHost tells whether data[i:end], which is of host's bytes, is labels with single dots or dashes between them. Of those bytes only
// dots and dashes are below the digits, as most of what may stand behind them is.
func plainHost(data []byte, i, end int) bool {
	const shift, highs = 0x5050505050505050, 0x8080808080808080
	if i == end || data[i] < '0' {
		return false
	}
	var pairs uint64
	for ; i+8 <= end; i += 8 {
		pairs |= ^(mem.Load64(data, i) + shift) & ^(mem.Load64(data, i+1) + shift)
	}
	last := ^(mem.Load64(data, i) + shift) & ^(mem.Load64(data, i+1) + shift)
	return (pairs|last&(1<<(8*(end-i))-1))&highs == 0
}

// labelsEnd reads the labels of a name, each of 63 characters at most.
func labelsEnd(data []byte, i, to int) int {
	const longest = 63
	data = data[:to]
	begin := i
	for start := i; ; start = i {
		if i >= len(data) || !wordTable[data[i]] || data[i] == '_' || i-begin > mostName {
			return -1
		}
		for i < len(data) && labelTable[data[i]] && i-start <= longest {
			i++
		}
		if i-start > longest {
			return -1
		}
		if i >= to || data[i] != '.' {
			return i
		}
		if i++; i >= to || !userTable[data[i]] || data[i] == '-' {
			return i // a dot may end the name
		}
	}
}

// lastHost tells whether no host from i on goes on behind end: a colon there would be one of an IPv6 address, whose first stands behind at
// most four digits.
func lastHost(data []byte, i, end, _ int) bool {
	return data[end] == ':' && bytes.IndexByte(data[i:i+5], ':') < 0
}

// lastHosts tells whether no host goes on over end, nor begins there: behind the colons of IPv6 addresses stands a digit or another one.
func lastHosts(data []byte, _, end, to int) bool {
	if data[end] != ':' {
		return false
	}
	return end+1 >= to || data[end+1] != ':' && !digit(data[end+1]) && data[end+1]|0x20-'a' > 5
}
