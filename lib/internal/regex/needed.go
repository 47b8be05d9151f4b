package regex

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// What every match has in it, in this order: where it is not there, there is no need to look for a match, and in front of it no later one
// begins.

// need is a text, or one of a few bytes.
type need struct {
	text  string
	bytes []byte // text is empty then
}

// mostBytes is how many bytes a need may choose from.
const mostBytes = 4

// required lists what stands in every match of n, side by side at the closest.
func required(n *Node) []need {
	var all []need
	run := ""
	end := func() {
		if run != "" {
			all = append(all, need{text: run})
		}
		run = ""
	}
	var visit func(n *Node)
	visit = func(n *Node) {
		text, ok := n.literal()
		switch {
		case ok:
			run += text
		case n.Kind == Cat, n.Kind == Group:
			for _, sub := range n.Subs {
				visit(sub)
			}
		case n.Kind == Assert, n.Kind == Look, n.Kind == Empty:
		case n.Kind == Alt:
			end()
			all = append(all, shared(n.Subs)...)
		case n.Kind == Repeat && n.Min > 0:
			end()
			visit(n.Subs[0])
			end()
		default:
			end()
		}
	}
	visit(n)
	end()
	return all
}

// shared is what all of the alternatives need: bytes that the first need of each begins with, then those of the second ...
func shared(alternatives []*Node) (all []need) {
	lists := make([][]need, len(alternatives))
	for i, n := range alternatives {
		lists[i] = required(n)
	}
	for k := 0; ; k++ {
		var bytes []byte
		for _, list := range lists {
			if k >= len(list) {
				return all
			}
			for _, c := range list[k].begins() {
				if !slices.Contains(bytes, c) {
					bytes = append(bytes, c)
				}
			}
		}
		if len(bytes) > mostBytes {
			return all
		}
		all = append(all, need{bytes: bytes})
	}
}

// begins are the bytes that the need can begin with.
func (n *need) begins() []byte {
	if n.text != "" {
		return []byte{n.text[0]}
	}
	return n.bytes
}

func (n need) String() string {
	if n.text != "" {
		return fmt.Sprintf("%q", n.text)
	}
	quoted := make([]string, len(n.bytes))
	for i, c := range n.bytes {
		quoted[i] = fmt.Sprintf("%q", string(rune(c)))
	}
	return strings.Join(quoted, "|")
}

// last is the last place in data[from:end] where the need stands, before from: there is none.
func (n *need) last(data []byte, from, end int) int {
	if n.text == "" {
		return lastByte(data, from, end, n.bytes)
	}
	// The byte that is likely rarest is looked for.
	rare := 0
	for rare < len(n.text)-1 && (n.text[rare] == ' ' || wordBytes[n.text[rare]]) {
		rare++
	}
	rarest := [1]byte{n.text[rare]}
	for end -= len(n.text); end >= from; end-- {
		if end = lastByte(data, from+rare, end+rare+1, rarest[:]) - rare; end < from {
			break
		}
		if mem.String(data[end:end+len(n.text)]) == n.text {
			return end
		}
	}
	return -1
}

// lastByte is the last place in data[from:end] where one of a few bytes stands, before from: there is none.
func lastByte(data []byte, from, end int, some []byte) int {
	const ones, lows = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	for ; end-from >= 8; end -= 8 {
		w, hit := mem.Load64(data, end-8), uint64(0)
		for _, c := range some {
			x := w ^ ones*uint64(c)
			hit |= ^((x&lows + lows) | x | lows) // 0x80 where a byte of x is zero
		}
		if hit != 0 {
			return end - 1 - bits.LeadingZeros64(hit)>>3
		}
	}
	for end--; end >= from && !slices.Contains(some, data[end]); end-- {
	}
	return end
}
