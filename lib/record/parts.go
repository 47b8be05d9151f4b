package record

// Part is the memory of one column of a batch that lives outside of Go, for NewBatchFromParts.
type Part struct {
	Nulls    int
	Validity []byte // a bit for each row
	Data     []byte // DataSize bytes
	Offsets  []int32
	Texts    []byte
}

// DataSize is how many bytes the values of a column take.
func DataSize(f *Field, rows int) int {
	switch {
	case f.Dictionary:
		return rows * 4
	case f.Type.Text():
		return rows * 16
	case f.Type == Bool:
		return (rows + 7) / 8
	}
	return rows * 8
}

// NewBatchFromParts makes a batch of memory that somebody else owns and keeps for as long as the batch is used. It has rows and no
// rejects.
func NewBatchFromParts(schema *Schema, rows int, parts []Part, buffers [][]byte) *Batch {
	b := &Batch{FirstLine: 1, schema: schema, rows: rows, lines: int64(rows), buffers: buffers, columns: make([]Column, len(parts))}
	for i, p := range parts {
		b.columns[i] = Column{field: &schema.Fields[i], rows: rows, nulls: p.Nulls, valid: p.Validity, data: p.Data, offsets: p.Offsets, texts: p.Texts, batch: b}
	}
	return b
}
