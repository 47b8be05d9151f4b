package timestamp

import "github.com/sawlog/sawlog/lib/record"

// Guess notes in the field of a column what stamps of the layout leave out.
func (l *Layout) Guess(f *record.Field, o Options) {
	switch {
	case l.GuessesDate():
		f.Turn = record.NewTurn(record.NoDate, o.Year, o.near(), o.Zone)
	case l.GuessesYear():
		f.Turn = o.Yearless()
	}
	f.NoZone = o.Zone == nil && l.has&(hasOffset|hasZoneName|hasEpoch) == 0 && l.kind == kindSteps
}

// Yearless is what a column leaves to the order of its stamps when they may lack a year.
func (o Options) Yearless() *record.Turn {
	return record.NewTurn(record.NoYear, o.Year, o.near(), o.Zone)
}
