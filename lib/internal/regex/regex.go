// Package regex compiles regular expressions of two dialects, RE2's and Oniguruma's, and matches them in time linear in the text.
//
// It stands behind the pattern languages that are more than literals and fields. What it finds is what a backtracking engine finds: the
// leftmost match, and of several there the one that comes first when alternatives are tried in their order and loops as greedy as they
// are written. How it finds it is different:
//
//		Parse -> Node (tree) -> rewrite (rewrite.go) -> Compile -> Program -> NewMachine (one for each goroutine) -> Match
//
//	  - Look-around, atomic groups and possessive loops are no reason to backtrack. What a look-around sees at a place depends on the place
//	    only: it is a byte compare where its content is short, else one pass over the text that marks every place where it holds (look.go).
//	    An atomic group is rewritten to choices that are guarded by such look-arounds (atomic.go), which is the same language and the same
//	    preference.
//	  - The walk (walk.go) tries the alternatives that the next byte leaves, takes runs of one class at once, and forgets choices that
//	    cannot matter any more. It counts its steps; where they exceed what is linear it gives up, and the plain engines take over.
//	    What shortcuts of patterns (Native) do not know is compiled for the first text that asks for it, as is all that comes below.
//	  - The lane (lane.go) is the walk for lines of which every first choice fits: it remembers nothing, and where a step fails the walk
//	    begins anew. Where that is the rule, a lane with forks (lane_forks.go) goes back to the few choices that it remembers.
//	  - The plain engines walk the same program: one visits every pair of instruction and place at most once (bitstate.go), the other, for
//	    texts where a bit for each pair is too much, keeps all threads in step (pike.go).
//
// What cannot be linear (backreferences, recursion) is refused, with the place in the pattern and what to write instead.
package regex

// Error is a mistake in a pattern, or a construct that is not supported.
type Error struct {
	Pos     int    // byte offset in the pattern
	Message string // what is wrong
	Hint    string // what to write instead; may be empty
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// Syntax is a dialect.
type Syntax uint8

const (
	// RE2: ^ and $ are the ends of the text unless (?m), the dot matches no line feed unless (?s). Also (?<name>...), look-around, atomic
	// groups and possessive loops, which RE2 itself has not.
	RE2 Syntax = iota
	// Oniguruma is Ruby's dialect, that of grok: ^ and $ are the ends of a line, (?m) lets the dot match line feeds, \h is a hexadecimal
	// digit, classes nest, [[:alpha:]] and \b know all of Unicode.
	Oniguruma
)
