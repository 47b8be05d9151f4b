package frame

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Verdict says where a unit belongs.
type Verdict uint8

const (
	Alone  Verdict = iota // a record begins with it
	Joined                // it goes on with the record before it, and so do the units held
	Held                  // it does if the next one is Joined
	// What presets say of lines that may be text of a message; a Joiner makes one of those above of it.
	message // Held, unless a record begins with the line or too many lines were held
	closing // the same of a message that ends the record: Joined where that has a time
)

// maxMessage is how many lines of a message are held: frames behind so many belong to something else.
const maxMessage = 64

// Rules say which units belong together: immutable, shared by joiners.
type Rules struct {
	presets                []*preset
	behind                 bool // some of them join a trace to the line before it
	any                    bool // with some of them a record may begin with any line
	start, next, open, end *rule
}

// NewRules compiles rules. Errors are *Error.
func NewRules(o *Joining) (*Rules, error) {
	r := &Rules{}
	own := 0
	for _, x := range []struct {
		key, text string
		to        **rule
	}{{"start", o.Start, &r.start}, {"next", o.Next, &r.next}, {"open", o.Open, &r.open}, {"end", o.End, &r.end}} {
		if x.text == "" {
			continue
		}
		own++
		var err error
		if *x.to, err = newRule("multiline."+x.key, x.text); err != nil {
			return nil, err
		}
	}
	for _, name := range o.Presets {
		p := presets[name]
		if p == nil {
			return nil, &Error{Key: "multiline", Pos: -1, Message: fmt.Sprintf("multiline: there is no preset %q", name), Names: presetNames}
		}
		r.presets = append(r.presets, p)
		r.behind = r.behind || p.behind != nil
		r.any = r.any || p.start(nothing) != 0
	}
	switch {
	case own > 0 && len(r.presets) > 0:
		return nil, &Error{Key: "multiline", Pos: -1, Message: "multiline takes presets or rules, not both"}
	case own == 0 && len(r.presets) == 0:
		return nil, &Error{Key: "multiline", Pos: -1, Message: "multiline says nothing", Hint: `a preset ("java"), or {"start": "REGEX"}, {"start": "REGEX", "next": "REGEX"}, {"open": "REGEX"}, {"end": "REGEX"}`}
	case r.next != nil && r.start == nil:
		return nil, &Error{Key: "multiline.next", Pos: -1, Message: "multiline.next goes with multiline.start"}
	case own > 1 && !(own == 2 && r.start != nil && r.next != nil):
		return nil, &Error{Key: "multiline", Pos: -1, Message: "multiline takes start, start and next, open, or end"}
	}
	return r, nil
}

// nothing is an empty line.
var nothing = bytes.Repeat([]byte{'\n'}, scan.Slack)[:0]

// rule is a regular expression.
type rule struct {
	program  *regex.Program
	prefixes []*regex.Prefix // how the unit begins, one of them; none: not known
}

func newRule(key, text string) (*rule, error) {
	tree, err := regex.Parse(text, regex.Options{})
	if err == nil {
		var p *regex.Program
		if p, err = regex.Compile(tree, 0); err == nil {
			return &rule{p, regex.NewPrefixes(tree)}, nil
		}
	}
	var wrong *regex.Error
	if errors.As(err, &wrong) {
		return nil, &Error{Key: key, Pos: wrong.Pos, Text: text, Message: key + ": " + wrong.Message, Hint: wrong.Hint}
	}
	return nil, &Error{Key: key, Pos: -1, Text: text, Message: key + ": " + err.Error()}
}

// Joiner applies rules to the units of one stream, in their order. It is for one goroutine at a time.
type Joiner struct {
	r                      *Rules
	start, next, open, end matcher
	inside                 bool // a record is under way
	preset                 *preset
	state                  state // of the preset
	timed                  bool  // the record under way has a time near its beginning
	asked                  int   // lines held that may be of its message
	head                   head  // the unit before, when no other was joined to it
}

// head is the beginning of a unit, with what must be readable behind it.
type head struct {
	text [headSize + scan.Slack]byte
	n    int
}

const headSize = 96 // a time begins before

func (h *head) set(line []byte) { h.n = copy(h.text[:headSize], line) }

// timed tells whether a time stands near the beginning of the unit: then it begins a record of some writer.
func (h *head) timed() bool {
	for i := h.n; i < len(h.text); i++ {
		h.text[i] = '\n'
	}
	return beginsNear(h.text[:h.n:len(h.text)])
}

type matcher struct {
	rule    *rule
	machine *regex.Machine
}

func (r *rule) matcher() matcher {
	if r == nil {
		return matcher{}
	}
	return matcher{r, r.program.NewMachine()}
}

func (m *matcher) match(data []byte, i, end int) bool {
	may := m.rule.prefixes == nil
	for _, p := range m.rule.prefixes {
		if p.Match(data[i:end]) {
			if p.Whole {
				return true
			}
			may = true
		}
	}
	if !may {
		return false
	}
	_, _, _, ok := m.machine.Match(data, i, end)
	return ok
}

// NewJoiner makes a joiner.
func (r *Rules) NewJoiner() *Joiner {
	return &Joiner{r: r, start: r.start.matcher(), next: r.next.matcher(), open: r.open.matcher(), end: r.end.matcher()}
}

// Reset forgets the record under way.
func (j *Joiner) Reset() { j.inside, j.preset, j.state, j.head.n = false, nil, 0, 0 }

// Open tells whether the record under way may go on.
func (j *Joiner) Open() bool { return j.inside || j.preset != nil || j.r.behind && j.head.timed() }

// Next says where the unit data[i:end] belongs, which has no line ending. A line feed stands at or behind end, and scan.Slack bytes behind
// that are readable.
func (j *Joiner) Next(data []byte, i, end int) Verdict {
	before := j.inside
	switch {
	case j.r.presets != nil:
		return j.byPreset(data[i:end])
	case j.r.next != nil:
		if before && j.next.match(data, i, end) {
			return Joined
		}
		j.inside = j.start.match(data, i, end)
		return Alone
	case j.r.start != nil:
		if j.start.match(data, i, end) {
			j.inside = true
			return Alone
		}
	case j.r.open != nil:
		j.inside = j.open.match(data, i, end)
	case j.r.end != nil:
		j.inside = !j.end.match(data, i, end)
	}
	if before {
		return Joined
	}
	return Alone
}

// byPreset asks the preset whose record is under way, then all for a beginning.
func (j *Joiner) byPreset(line []byte) Verdict {
	if j.preset != nil {
		state, verdict := j.preset.next(j.state, line)
		if verdict >= message {
			if verdict = j.told(line, verdict); verdict == Alone {
				state = 0
			}
		}
		if verdict != Alone || state != 0 { // it may know at once that the next one begins
			if verdict == Joined {
				j.asked = 0
			}
			if j.state = state; state == 0 {
				j.preset = nil
			}
			j.head.n = 0
			return verdict
		}
		j.preset = nil
	}
	if j.r.behind {
		if j.traced(line) {
			j.head.n = 0
			return Joined
		}
		j.head.set(line)
	}
	for _, p := range j.r.presets {
		if state := p.start(line); state != 0 {
			j.begin(p, state)
			j.timed = beginsNear(line)
			break
		}
	}
	return Alone
}

func (j *Joiner) begin(p *preset, s state) { j.preset, j.state, j.asked = p, s, 0 }

// told is what becomes of a line that may be text of a message.
func (j *Joiner) told(line []byte, v Verdict) Verdict {
	if j.r.any || beginsNear(line) || levelled(line) {
		return Alone
	}
	for _, p := range j.r.presets {
		if p.start(line) != 0 {
			return Alone
		}
	}
	if v == closing && j.timed {
		return Joined
	}
	if j.asked == maxMessage {
		return Alone
	}
	j.asked++
	return Held
}

// traced tells whether the line begins the trace of what the unit before says, and takes it up.
func (j *Joiner) traced(line []byte) bool {
	for _, p := range j.r.presets {
		if p.behind == nil {
			continue
		}
		if state := p.behind(line); state != 0 && j.head.timed() {
			j.begin(p, state)
			j.timed = true
			return true
		}
	}
	return false
}
