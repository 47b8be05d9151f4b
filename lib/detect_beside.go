package sawlog

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/detect"
)

// A server's access log and its error log are one stream where both go to the same place, as in a container. Each refuses the lines of the other:
// when the format that was found leaves lines, those that stand beside it are asked for them.

// lookBeside finds a format for lines that the one found refuses. The definition then has both.
func (d *Detection) lookBeside(lines [][]byte) {
	if d.Confidence == 0 || d.Confidence == 1 {
		return
	}
	all := contenders()
	found := slices.IndexFunc(all, func(c contender) bool { return c.format.Name == d.Format })
	var others []*contender
	for i := range all {
		if slices.Contains(all[i].format.Beside, d.Format) || slices.Contains(all[found].format.Beside, all[i].format.Name) {
			others = append(others, &all[i])
		}
	}
	if len(others) == 0 {
		return
	}
	rest := detect.Join(all[found].parser().refused(detect.Join(lines)))
	var best *contender
	most := detect.Fit{}
	for _, c := range others {
		if !c.needs.In(rest.Bytes()) {
			continue
		}
		count, _ := c.eyes()
		if fit := count(rest); fit.Matched > most.Matched || fit.Matched == most.Matched && best != nil && c.format.Specificity > best.format.Specificity {
			best, most = c, fit
		}
	}
	if best != nil {
		d.Confidence += float64(most.Matched) / float64(len(lines))
		d.mix(&all[found], best)
	}
}

// refused are the lines that the parser refuses.
func (p *Parser) refused(text detect.Text) (lines [][]byte) {
	if p.bound != nil {
		return text.Refused(p.bound.Schema(), p.bound.Present(), p.bound.NewWorker())
	}
	batch := p.Parse(text.Bytes()) // its columns are those of the log
	defer batch.Release()
	for i := range batch.Rejects() {
		lines = append(lines, bytes.Clone(batch.Reject(i).Raw))
	}
	return lines
}

// mix makes a definition of both formats. Which lines go on is what the one says whose records have several.
func (d *Detection) mix(a, b *contender) {
	definition := `{"formats":[` + quote(a.format.Name) + `,` + quote(b.format.Name) + `]`
	for _, c := range []*contender{a, b} {
		if c.multiline != "" {
			definition += `,"multiline":` + c.multiline
			break
		}
	}
	definition += "}"
	if o, err := ParseOptions(definition); err == nil {
		d.mixed, d.Definition = &o, definition
	}
}

// mayMix tells whether the parser's options go with several formats.
func (p *Parser) mayMix() bool {
	o := &p.options
	return !p.alone && o.Fields == nil && o.Rename == nil && o.Rest == "" && o.Optional == ""
}

// mix takes the formats of others in place of the one that was found.
func (o *Options) mix(others *Options) {
	o.Format, o.Formats = "", others.Formats
	if o.Multiline == nil {
		o.Multiline = others.Multiline
	}
}
