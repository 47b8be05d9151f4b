package sawlog_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

func TestTemplates(t *testing.T) {
	parser, err := sawlog.NewParser("logfmt")
	require.NoError(t, err)
	batch := parser.Parse([]byte("msg=\"took 12 ms\" n=1\nn=2\nmsg=\"took 7 ms\" n=3\nmsg=idle n=4\n"))
	templates := sawlog.NewTemplates(sawlog.TemplateOptions{})
	ids, err := templates.AddColumn(nil, batch.Column("message"))
	require.NoError(t, err)
	require.Len(t, ids, 4)
	assert.Equal(t, []bool{true, true, true}, []bool{ids[0] == ids[2], ids[1] == 0, ids[3] != ids[0]})
	assert.Equal(t, []sawlog.Template{{ID: ids[0], Text: "took <*> ms", Count: 2}, {ID: ids[3], Text: "idle", Count: 1}}, templates.List())
	_, err = templates.AddColumn(nil, batch.Column("n"))
	assert.ErrorContains(t, err, "n is a column of type int")

	assert.Equal(t, []int64{ids[3], ids[0], ids[3]}, templates.AddLines(nil, []byte("idle\r\ntook 1 ms\nidle")))
	id, text, values, ok := templates.Match([]byte("took 99 ms"))
	assert.True(t, ok)
	assert.Equal(t, ids[0], id)
	assert.Equal(t, "took <*> ms", text)
	assert.Equal(t, []string{"99"}, values)
	_, _, _, ok = templates.Match([]byte("what is this"))
	assert.False(t, ok)
}

func TestTemplatesAreSavedAndMerged(t *testing.T) {
	a, b := sawlog.NewTemplates(sawlog.TemplateOptions{}), sawlog.NewTemplates(sawlog.TemplateOptions{})
	a.AddLines(nil, []byte("took 12 ms\nidle\n"))
	other := b.Add([]byte("gate 7 opened"))
	a.Merge(b)
	a.Merge(a)
	assert.Len(t, a.List(), 3)
	saved, err := a.Save()
	require.NoError(t, err)
	c, err := sawlog.LoadTemplates(saved)
	require.NoError(t, err)
	assert.Equal(t, a.List(), c.List())
	now, ok := c.Resolve(other)
	assert.True(t, ok)
	assert.Equal(t, other, now)
	_, ok = c.Resolve(7)
	assert.False(t, ok)
	_, err = sawlog.LoadTemplates([]byte("x"))
	assert.ErrorContains(t, err, "no snapshot of templates")
}

func TestTemplateOptions(t *testing.T) {
	o, err := sawlog.ParseTemplateOptions(`{"max": 100}`)
	require.NoError(t, err)
	assert.Equal(t, 100, o.Max)
	_, err = sawlog.ParseTemplateOptions(`{"mx": 100}`)
	assert.ErrorContains(t, err, "max")
	_, err = sawlog.ParseTemplateOptions(`{"max": -1}`)
	assert.ErrorContains(t, err, "between 1 and")
	_, err = sawlog.ParseTemplateOptions("")
	assert.NoError(t, err)
}

func TestTemplatesFromManyGoroutines(t *testing.T) {
	templates := sawlog.NewTemplates(sawlog.TemplateOptions{})
	other := sawlog.NewTemplates(sawlog.TemplateOptions{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 200 {
				templates.Add(fmt.Appendf(nil, "took %d ms", i))
				other.Add(fmt.Appendf(nil, "gate %d opened", i))
			}
			templates.List()
			other.Merge(templates)
			templates.Merge(other)
		})
	}
	group.Wait()
	assert.Len(t, templates.List(), 2)
}
