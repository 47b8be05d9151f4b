//go:build sawlog_faults

package main

/*
#include "internal.h"
*/
import "C"

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/record"
)

// nestedTypes are columns that the tests look at: what formats have, and what they could have.
var nestedTypes = []string{"list<int>", "list<uint>", "list<float>", "list<timestamp>", "list<duration>", "list<string>", "list<ip>", "list<bytes>",
	"list<list<string>>", "map<string,int>", "map<string,list<float>>", "map<string,map<string,string>>", "list<map<string,bytes>>"}

// sawgo_test_nested is a batch of lists and maps, for the tests. whole: it is copied, as a small one is.
//
//export sawgo_test_nested
func sawgo_test_nested(rows, whole C.int32_t, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	fields := []record.Field{{Name: "row", Type: record.Int}}
	for _, name := range nestedTypes {
		f, wrong := record.ParseTypeName(name)
		if wrong != nil {
			return fail(err, wrong)
		}
		f.Name = name
		fields = append(fields, f)
	}
	b := record.NewBuilder(record.MustSchema(fields...), memory{}, false)
	b.Start(1)
	for row := range int(rows) {
		if b.Row == b.Cap {
			b.Grow()
		}
		b.Cols[0].Words[row] = uint64(row)
		b.Present(&b.Cols[0])
		for i := 1; i < len(b.Cols); i++ {
			c, f := &b.Cols[i], &b.Schema.Fields[i]
			if (row+i)%5 == 3 {
				b.Null(c)
				continue
			}
			fillNested(b, c.Nested, f, row+i)
			b.EndList(c)
		}
		b.Next()
	}
	hand(b.Finish(), &schemas{}, whole != 0, nil, out)
	return C.SAWLOG_OK
}

// fillNested appends none to three elements.
func fillNested(b *record.Builder, n *record.Nested, f *record.Field, seed int) {
	for k := range seed % 4 {
		if n.Keys != nil {
			n.Keys.Text(b.Text(fmt.Appendf(nil, "key %d, longer every time %0*d", k, k*8, 0)))
		}
		fillItem(b, n.Items, f.Elem, seed*7+k)
	}
}

func fillItem(b *record.Builder, items *record.Items, f *record.Field, seed int) {
	switch {
	case seed%6 == 5:
		items.Null()
	case f.Type.Nested():
		fillNested(b, items.Nested, f, seed/3)
		items.End()
	case f.Type == record.Bytes:
		items.Text(b.Text(fmt.Appendf(nil, "\xff%0*d\xfe", seed%20, 0)))
	case f.Type.Text():
		items.Text(b.Text(fmt.Appendf(nil, "\"\\\n\u00e4\x01%0*d", seed%20, 0)))
	case f.Type == record.Float:
		items.Word([]uint64{0x3ff8000000000000, 0xc1d0000000000000, 0x3fb999999999999a}[seed%3]) // 1.5, -1073741824, 0.1
	case f.Type == record.Timestamp:
		items.Word(uint64(int64(seed-40) * 987654321987650)) // before and after 1970
	default:
		items.Word(uint64(int64(seed) * -0x0102030405060708))
	}
}
