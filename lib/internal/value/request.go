package value

import "bytes"

// Request finds in METHOD TARGET PROTOCOL the blanks behind the method and behind the target. False for anything else: binary, empty, no
// protocol, a target with blanks.
func Request(text []byte) (method, target int, ok bool) {
	method, target = bytes.IndexByte(text, ' '), bytes.LastIndexByte(text, ' ')
	ok = method > 0 && target > method+1 && bytes.IndexByte(text[method+1:target], ' ') < 0 && token(text[:method]) && Protocol(text[target+1:])
	return method, target, ok
}

// token tells whether text is a method: RFC 9110's token (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
func token(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte(`"(),/:;<=>?@[\]{}`), c) >= 0 {
			return false
		}
	}
	return len(text) > 0
}

// Protocol tells whether text is NAME/VERSION.
func Protocol(text []byte) bool {
	slash := bytes.IndexByte(text, '/')
	if slash <= 0 || slash == len(text)-1 {
		return false
	}
	for _, c := range text[:slash] {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	_, ok := Float(text, slash+1, len(text)-slash-1)
	return ok
}

// HostPort splits data[i:end] at the last colon: data[from:to] is the host, without the brackets of IPv6. The port may be missing.
func HostPort(data []byte, i, end int) (from, to int, port uint64, hasPort bool) {
	from, to = i, end
	colon := bytes.LastIndexByte(data[i:end], ':')
	if colon >= 0 {
		if port, hasPort = Uint(data, i+colon+1, end-(i+colon+1)); hasPort {
			to = i + colon
		}
	}
	if to-from >= 2 && data[from] == '[' && data[to-1] == ']' && colon >= 0 {
		from, to = from+1, to-1
	}
	return from, to, port, hasPort
}
