package formats

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const head = `{"name": "x", "title": "X", "url": "https://example.com", "nginx": "$status > <$pid>"}`

func TestParse(t *testing.T) {
	f, err := Parse("x.fmt", `{"name": "x", "title": "X", "url": "https://example.com", "aliases": ["y", "z"],
 "specificity": 7, "sample_year": 2024, "names": {"ecs": {"status": "http.status"}},
 "nginx": "$status > <$pid>",
 "fields": {"pid": "int"}}

#> a comment
200 > <1>
=> {"status": 200, "pid": 1}

#> input of two lines
a
b
=> {"status": 1}


- > <x>
!> bad_value $pid
#> a comment right behind would be no comment
`)
	require.Error(t, err, "a blank line is missing")
	assert.Nil(t, f)

	f, err = Parse("x.fmt", `{"name": "x", "title": "X", "url": "https://example.com", "aliases": ["y", "z"],
 "specificity": 7, "sample_year": 2024, "names": {"ecs": {"status": "http.status"}},
 "nginx": "$status > <$pid>",
 "fields": {"pid": "int"}}

#> a comment
200 > <1>
=> {"status": 200, "pid": 1}

#> input of two lines
a
b
=> {"status": 1}


- > <x>
!> bad_value $pid and more

!> empty`)
	require.NoError(t, err)
	assert.Equal(t, &Format{
		Name: "x", Title: "X", URL: "https://example.com", Aliases: []string{"y", "z"}, Specificity: 7, SampleYear: 2024,
		Names:      map[string]map[string]string{"ecs": {"status": "http.status"}},
		Definition: `{"fields": {"pid": "int"}, "nginx": "$status > <$pid>"}`,
		Samples: []Sample{
			{Input: "200 > <1>", Row: `{"status": 200, "pid": 1}`, Line: 7},
			{Input: "a\nb", Row: `{"status": 1}`, Line: 11},
			{Input: "- > <x>", Fault: "bad_value", Element: "$pid and more", Line: 16},
			{Fault: "empty", Line: 19},
		},
	}, f)
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text, message string
		line          int
	}{
		{"", "no JSON object", 1},
		{"[]", "no JSON object", 1},
		{"{\"name\": \"x\",\n \"title\" \"X\"}", "no JSON object", 2},
		{"{\"name\": \"x\",\n\"title\": \"X\"", "no JSON object", 2},
		{"{\n\n}", "no JSON object", 1},
		{`{"title": "X", "url": "u", "json": {}}`, `no "name"`, 1},
		{"{\"name\": \"x\",\n\"title\": 5, \"url\": \"u\"}", `"title" cannot be 5`, 2},
		{`{"name": "x", "title": null, "url": "u"}`, `"title" cannot be null`, 1},
		{`{"name": "", "title": "X", "url": "u"}`, `"name" cannot be ""`, 1},
		{`{"name": "x", "title": "X", "url": "u"}`, "how records are read", 1},
		{head + "\n\nline", "without => ROW", 3},
		{head + "\n\nline\n\n=> {}", "without => ROW", 3},
		{head + "\n\n=> {}", "without a line", 3},
		{head + "\n\na\n=> {}\nb\n=> {}", "a blank line is needed", 5},
		{head + "\n\na\n=> [1]", "no JSON object", 4},
		{head + "\n\na\n=> null", "no JSON object", 4},
		{head + "\n\na\n=> {\"a\": }", "no JSON object", 4},
		{head + "\n\na\n!> no match\n\nb\n!> No", `"No" is no fault`, 7},
		{head + "\n\na\n!>  x", `"" is no fault`, 4},
	} {
		_, err := Parse("x.fmt", c.text)
		var e *Error
		require.ErrorAs(t, err, &e, c.text)
		assert.Contains(t, e.Message, c.message, c.text)
		assert.Equal(t, c.line, e.Line, c.text)
		assert.True(t, strings.HasPrefix(err.Error(), "x.fmt:"), err.Error())
	}
}

func TestLoad(t *testing.T) {
	file := func(name, more string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"name": "` + name + `", "title": "X", "url": "u", "json": {}` + more + `}`)}
	}
	all, err := Load(fstest.MapFS{"b.fmt": file("b", ""), "a.fmt": file("a", `, "aliases": ["c"]`), "README.md": file("d", "")})
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, "a", all[0].Name)

	for message, fsys := range map[string]fstest.MapFS{
		`a.fmt:1: the format is called "b"`:           {"a.fmt": file("b", "")},
		`b.fmt:1: the name "b" is that of a.fmt`:      {"a.fmt": file("a", `, "aliases": ["b"]`), "b.fmt": file("b", "")},
		`a.fmt:1: the name "a" is that of a.fmt`:      {"a.fmt": file("a", `, "aliases": ["a"]`)},
		`a.fmt:1: the definition does not say how`:    {"a.fmt": &fstest.MapFile{Data: []byte(`{"name": "a", "title": "X", "url": "u"}`)}},
		`a.fmt:1: the definition is no JSON object: `: {"a.fmt": &fstest.MapFile{Data: []byte(`x`)}},
	} {
		_, err := Load(fsys)
		assert.ErrorContains(t, err, message)
	}
}

// Every file is complete: samples that give a row, samples that are refused, and no field without a sample. What the samples give is
// held by a test of the package that parses.
func TestFiles(t *testing.T) {
	all, err := All()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, f := range all {
		var rows, rejects int
		shown := map[string]bool{}
		inputs := map[string]bool{}
		for _, s := range f.Samples {
			assert.False(t, inputs[s.Input], "%s.fmt:%d: this sample is there already", f.Name, s.Line)
			inputs[s.Input] = true
			if s.Row == "" {
				rejects++
				continue
			}
			rows++
			var row map[string]any
			require.NoError(t, json.Unmarshal([]byte(s.Row), &row))
			for field, value := range row {
				shown[field] = true
				assert.NotNil(t, value, "%s.fmt:%d: %s: nulls are left out", f.Name, s.Line, field)
			}
		}
		assert.Positive(t, rows, f.Name)
		assert.Positive(t, rejects, f.Name)
		var definition struct {
			Fields map[string]string `json:"fields"`
		}
		require.NoError(t, json.Unmarshal([]byte(f.Definition), &definition))
		for field := range definition.Fields {
			assert.True(t, shown[field], "%s: no sample shows %s", f.Name, field)
		}
		for vocabulary, names := range f.Names {
			for field := range names {
				assert.True(t, shown[field], "%s: no sample shows %s, which %s calls %s", f.Name, field, vocabulary, names[field])
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(head + "\n\na\n=> {}\n\nb\n!> no_match x\n")
	f.Add("{\"name\": \"x\",\n\"title\"")
	f.Add("\n\n=> {}")
	f.Fuzz(func(t *testing.T, text string) {
		format, err := Parse("x.fmt", text)
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.True(t, 1 <= e.Line && e.Line <= strings.Count(text, "\n")+2, "line %d", e.Line)
			return
		}
		assert.True(t, json.Valid([]byte(format.Definition)), format.Definition)
	})
}

// Find reads one file, All all of them: they say the same.
func TestFind(t *testing.T) {
	all, err := All()
	require.NoError(t, err)
	for i := range all {
		head, found := all[i], *Find(all[i].Name)
		for _, vocabulary := range Vocabularies() {
			assert.Equal(t, head.NamesIn(vocabulary), found.NamesIn(vocabulary))
		}
		head.Samples, head.Names, found.names = nil, nil, nil
		assert.Equal(t, head, found)
		assert.Equal(t, all[i].Name, List()[i])
		assert.Same(t, Find(all[i].Name), Find(all[i].Name), "it is read once")
		for _, alias := range all[i].Aliases {
			f, _ := Lookup(alias)
			require.NotNil(t, f, alias)
			assert.Equal(t, all[i].Name, f.Name)
		}
	}
	for _, name := range []string{"", "no", "../formats", "a/b", "README", "combined.fmt"} {
		assert.Nil(t, Find(name), name)
		f, names := Lookup(name)
		assert.Nil(t, f)
		assert.Contains(t, names, "combined")
	}
}
