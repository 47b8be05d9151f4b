package record

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTypeNamesReadBack(t *testing.T) {
	for _, name := range []string{"int", "bytes", "list<int>", "map<string,ip>", "list<list<bool>>", "map<string,map<string,string>>",
		"list<map<string,list<timestamp>>>", "map<string,list<float>>"} {
		f, err := ParseTypeName(name)
		require.NoError(t, err, name)
		assert.Equal(t, name, f.TypeName())
		require.NoError(t, err)
	}
	deep := strings.Repeat("list<", maxTypeDepth-1) + "int" + strings.Repeat(">", maxTypeDepth-1)
	f, err := ParseTypeName(deep)
	require.NoError(t, err)
	assert.Equal(t, deep, f.TypeName())
	for _, name := range []string{"", "text", "list", "map", "struct", "invalid", "list<>", "list<int", "list<int>>", "map<int,int>", "map<string,>", "list<list>",
		"list<int>x", "List<int>", strings.Repeat("list<", maxTypeDepth) + "int" + strings.Repeat(">", maxTypeDepth)} {
		_, err := ParseTypeName(name)
		assert.Error(t, err, name)
	}
}

func TestChildren(t *testing.T) {
	f, err := ParseTypeName("map<string,list<int>>")
	require.NoError(t, err)
	children := f.Children()
	require.Len(t, children, 2)
	assert.Equal(t, []string{"key", "value"}, []string{children[0].Name, children[1].Name})
	assert.Equal(t, []Type{String, List}, []Type{children[0].Type, children[1].Type})
	require.Len(t, children[1].Children(), 1)
	assert.Equal(t, "item", children[1].Children()[0].Name)
	assert.Nil(t, children[1].Children()[0].Children())
}

// parts is a column as C would describe it.
func parts(c *Column) Part {
	p := Part{Rows: c.rows, Nulls: c.nulls, Validity: c.valid, Data: c.data, Offsets: c.offsets, Texts: c.texts}
	for i := range c.children {
		p.Children = append(p.Children, parts(&c.children[i]))
	}
	return p
}

func TestBatchFromPartsIsTheBatch(t *testing.T) {
	schema := MustSchema(Field{Name: "n", Type: Int}, Field{Name: "m", Type: Map, Elem: &Field{Name: "value", Type: List, Elem: &Field{Name: "item", Type: String}}})
	b := NewBuilder(schema, Heap, false)
	b.Start(2)
	m := &b.Cols[1]
	inner := m.Nested.Items.Nested.Items
	m.Nested.Keys.Text(b.Text([]byte("a key of more than twelve bytes")))
	inner.Text(b.Text([]byte("x")))
	inner.Null()
	m.Nested.Items.End()
	m.Nested.Keys.Text(b.Text([]byte("none")))
	m.Nested.Items.Null()
	b.EndList(m)
	b.Next()
	b.Cols[0].Words[b.Row] = 7
	b.Present(&b.Cols[0])
	b.Next()
	batch := b.Finish()
	described := make([]Part, len(batch.columns))
	for i := range batch.columns {
		described[i] = parts(&batch.columns[i])
	}
	again := NewBatchFromParts(schema, batch.Len(), described, batch.Buffers())
	want := []string{`{"n":null,"m":{"a key of more than twelve bytes":["x",null],"none":null}}`, `{"n":7,"m":null}`}
	for i, line := range want {
		assert.Equal(t, line, string(batch.AppendJSON(nil, i, false)))
		assert.Equal(t, line, string(again.AppendJSON(nil, i, false)))
		assert.Equal(t, batch.Row(i, false), again.Row(i, false))
	}
}
