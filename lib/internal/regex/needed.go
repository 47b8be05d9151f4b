package regex

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// What every match has in it, in this order: where it is not there, there is no need to look for a match, and in front of it no later one
// begins.

// ones is for looking at eight bytes at once.
const ones = 0x0101010101010101

// need is a text, or one of a few bytes.
type need struct {
	text  string
	bytes []byte        // text is empty then
	after *[257]bool    // what can stand right behind the text, 256: its end; nil: anything
	rare  int           // where in the text the byte stands that is likely rarest
	near  *scan.Triples // what the first three bytes can be: of a text also what stands behind it
	word  uint64        // the first eight bytes of the text ...
	mask  uint64        // ... and which of them count
}

// seal fills in what follows from the text.
func (n *need) seal() {
	n.word, n.mask = literalWord(n.text), masks[min(len(n.text), 8)]
	for n.rare < len(n.text)-1 && (n.text[n.rare] == ' ' || wordBytes[n.text[n.rare]]) {
		n.rare++
	}
	n.near = scan.NewTriples(func(k int, c byte) bool {
		switch {
		case k < len(n.text):
			return c == n.text[k]
		case n.text == "":
			return k > 0 || slices.Contains(n.bytes, c)
		}
		return k > len(n.text) || n.after == nil || n.after[256] || n.after[c]
	})
}

// mostBytes is how many bytes a need may choose from.
const mostBytes = 4

// required lists what stands in every match of n, side by side at the closest. follow is what can come behind it.
func required(n *Node, follow byteSet) []need {
	all, _ := requiredBehind(n, follow)
	return all
}

// requiredBehind is required, and for loops that every match passes how many needs stand in front of what is behind them.
func requiredBehind(n *Node, follow byteSet) ([]need, map[*Node]int) {
	r := requiring{before: map[*Node]int{}}
	r.visit(n, follow)
	r.end()
	for k := range r.all {
		r.all[k].seal()
	}
	return r.all, r.before
}

// requiring walks a tree for required.
type requiring struct {
	all    []need
	run    string  // the text under way ...
	after  byteSet // ... and what can come behind it
	before map[*Node]int
}

// end ends the text under way.
func (r *requiring) end() {
	if r.run != "" {
		need := need{text: r.run}
		if r.after != everyByte {
			need.after = r.after.table()
		}
		r.all = append(r.all, need)
	}
	r.run = ""
}

func (r *requiring) visit(n *Node, follow byteSet) {
	text, ok := n.literal()
	switch {
	case ok:
		r.run += text
		r.after = follow
	case n.Kind == Cat:
		behind := make([]byteSet, len(n.Subs))
		for i := len(n.Subs) - 1; i >= 0; i-- {
			behind[i] = follow
			follow = n.Subs[i].first(follow)
		}
		for i, sub := range n.Subs {
			r.visit(sub, behind[i])
		}
	case n.Kind == Group:
		r.visit(n.Subs[0], follow)
	case n.Kind == Assert, n.Kind == Look, n.Kind == Empty:
	case n.Kind == Alt:
		r.end()
		r.all = append(r.all, shared(n.Subs)...)
	case n.Kind == Repeat && n.Min > 0:
		r.end()
		r.visit(n.Subs[0], follow.or(n.Subs[0].first(follow)))
		r.end()
		r.before[n] = len(r.all)
	default:
		r.end()
		r.before[n] = len(r.all)
	}
}

// shared is what all of the alternatives need: bytes that the first need of each begins with, then those of the second ...
func shared(alternatives []*Node) (all []need) {
	lists := make([][]need, len(alternatives))
	for i, n := range alternatives {
		lists[i] = required(n, everyByte)
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

// fits tells whether the text of the need stands at i, in a text that ends at to.
func (n *need) fits(data []byte, i, to int) bool {
	end := i + len(n.text)
	if mem.Load64(data, i)&n.mask != n.word || end > to || len(n.text) > 8 && !tail(data, i, n.text) {
		return false
	}
	return n.after == nil || end == to && n.after[256] || end < to && n.after[data[end]]
}

// first is the place behind the first need in data[from:to], -1: there is none.
func (n *need) first(data []byte, from, to int) int {
	if n.text == "" && !scan.Vectors() {
		return firstByte(data, from, to, n.bytes)
	}
	if n.text != "" {
		// Mostly it is near, or its rarest byte is not there.
		rarest, i := n.text[n.rare], from+n.rare
		for soon := i + 24; i < soon; i += 8 {
			x := mem.Load64(data, i) ^ ones*uint64(rarest)
			for hit := (x - ones) &^ x & highs; hit != 0; hit &= hit - 1 {
				if at := i + bits.TrailingZeros64(hit)>>3 - n.rare; n.fits(data, at, to) {
					return at + len(n.text)
				}
			}
		}
		if i >= to {
			return -1
		}
		k := bytes.IndexByte(data[i:to], rarest)
		if k < 0 {
			return -1
		}
		from = i + k - n.rare
	}
	return n.firstNear(data, from, to)
}

// firstNear is first by what the first three bytes can be.
func (n *need) firstNear(data []byte, from, to int) int {
	for ; from < to; from += 32 {
		for m := n.near.Mask(data, from); m != 0; m &= m - 1 {
			if at := from + bits.TrailingZeros32(m); at >= to {
				return -1
			} else if n.fits(data, at, to) {
				return at + max(len(n.text), 1)
			}
		}
	}
	return -1
}

// firstByte is first for one of a few bytes, by words of eight bytes.
func firstByte(data []byte, from, to int, some []byte) int {
	for ; from < to; from += 8 {
		if hit := hits(mem.Load64(data, from), some); hit != 0 {
			if from += bits.TrailingZeros64(hit) >> 3; from < to {
				return from + 1
			}
			break
		}
	}
	return -1
}

// last is the last place in data[from:end] where the need stands, before from: there is none. The text ends at to.
func (n *need) last(data []byte, from, end, to int) int {
	if n.text == "" {
		return lastByte(data, from, end, n.bytes)
	}
	rarest := n.text[n.rare]
	for end -= len(n.text); end >= from; end-- {
		if end = lastOf(data, from+n.rare, end+n.rare+1, rarest) - n.rare; end < from || n.fits(data, end, to) {
			break
		}
	}
	return end
}

// lastOf is the last place in data[from:end] where c stands, before from: there is none.
func lastOf(data []byte, from, end int, c byte) int {
	for every := ones * uint64(c); end-from >= 8; end -= 8 {
		x := mem.Load64(data, end-8) ^ every
		if hit := ^((x&lows + lows) | x | lows); hit != 0 {
			return end - 1 - bits.LeadingZeros64(hit)>>3
		}
	}
	for end--; end >= from && data[end] != c; end-- {
	}
	return end
}

// lows is for looking at eight bytes at once, as ones is.
const lows = 0x7f7f7f7f7f7f7f7f

// hits has 0x80 where a byte of w is one of some.
func hits(w uint64, some []byte) (hit uint64) {
	for _, c := range some {
		x := w ^ ones*uint64(c)
		hit |= ^((x&lows + lows) | x | lows)
	}
	return hit
}

// lastByte is the last place in data[from:end] where one of a few bytes stands, before from: there is none.
func lastByte(data []byte, from, end int, some []byte) int {
	for ; end-from >= 8; end -= 8 {
		if hit := hits(mem.Load64(data, end-8), some); hit != 0 {
			return end - 1 - bits.LeadingZeros64(hit)>>3
		}
	}
	for end--; end >= from && !slices.Contains(some, data[end]); end-- {
	}
	return end
}
