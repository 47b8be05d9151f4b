package texts

import "strconv"

// Names makes names differ: one that is taken gets a number behind it, the smallest from 2 on with which it is not. The zero value is good.
// It remembers where the numbers of a name have come to: a header that is one name many thousand times would else take time that grows with
// its square.
type Names struct {
	taken map[string]bool
	next  map[string]int
}

// Taken tells whether a name was given before.
func (n *Names) Taken(name string) bool { return n.taken[name] }

// Give is name, or name with a number behind it, which is taken from then on.
func (n *Names) Give(name string) string {
	if n.taken == nil {
		n.taken, n.next = map[string]bool{}, map[string]int{}
	}
	given := name
	if n.taken[name] {
		k := max(n.next[name], 2)
		for given = numbered(name, k); n.taken[given]; given = numbered(name, k) {
			k++
		}
		n.next[name] = k + 1
	}
	n.taken[given] = true
	return given
}

func numbered(name string, k int) string { return name + "_" + strconv.Itoa(k) }
