package regex

import "fmt"

// Describe says how the pattern is matched: by the walk and which shortcuts it takes, or by the plain engines and why.
func (p *Program) Describe() []string {
	var w *walk
	if p.walk != nil {
		w = p.walk.whole()
	}
	if w == nil {
		plain := p.plain()
		return []string{fmt.Sprintf("plain: %d instructions, %d look-arounds of their own", len(plain.code), len(plain.looks))}
	}
	all := []string{fmt.Sprintf("walk: %d steps compiled", len(w.ops))}
	if p.lane != nil {
		all = append(all, fmt.Sprintf("lane: %d steps where every first choice fits", len(p.lane.ops)))
	}
	seen := map[string]bool{}
	for _, n := range w.native {
		if !seen[n.Name] {
			seen[n.Name] = true
			all = append(all, n.Name+": native")
		}
	}
	count := map[string]int{}
	for i := range w.ops {
		switch op := &w.ops[i]; op.op {
		case wRun, wLazy:
			if op.only {
				count["runs with one end"]++
			} else {
				count["runs that may go back"]++
			}
		case wFork:
			count["choices that the next byte leaves open"]++
		}
	}
	for _, what := range []string{"runs with one end", "runs that may go back", "choices that the next byte leaves open"} {
		if count[what] > 0 {
			all = append(all, fmt.Sprintf("%s: %d", what, count[what]))
		}
	}
	if len(w.needed) > 0 {
		all = append(all, fmt.Sprintf("needs the texts %v", w.needed))
	}
	return all
}
