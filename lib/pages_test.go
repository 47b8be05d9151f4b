package sawlog_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/formats"
)

// Every block of the pages about languages and engines is a definition with samples: the rows and faults are what they say. Every key that
// says how records are read has its section.
func TestPages(t *testing.T) {
	sections := map[string]bool{}
	for _, page := range []string{"formats/LANGUAGES.md", "formats/ENGINES.md", "formats/STREAMS.md", "formats/TRANSFORMS.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, section := range strings.Split(string(text), "\n## ")[1:] {
			name, _, _ := strings.Cut(section, "\n")
			sections[name] = true
			t.Run(name, func(t *testing.T) {
				blocks := strings.Split(section, "```\n")
				require.Greater(t, len(blocks), 2, "a section shows an example")
				for i := 1; i < len(blocks); i += 2 {
					checkBlock(t, name, blocks[i])
				}
			})
		}
	}
	options := reflect.TypeFor[sawlog.Options]()
	for i := range options.NumField() {
		f := options.Field(i)
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.Tag.Get("sawlog") == "how" && key != "format" {
			assert.True(t, sections[key], "no page has a section %s", key)
		}
	}
}

// Every key of a definition, and of the objects in it, is named on a page.
func TestEveryKeyStandsOnAPage(t *testing.T) {
	var pages strings.Builder
	for _, page := range []string{"../README.md", "formats/README.md", "formats/LANGUAGES.md", "formats/ENGINES.md", "formats/STREAMS.md", "formats/TRANSFORMS.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		pages.Write(text)
	}
	known := map[reflect.Type]bool{}
	var look func(of reflect.Type, path string)
	look = func(of reflect.Type, path string) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || known[of] {
			return
		}
		known[of] = true
		for i := range of.NumField() {
			f := of.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if key == "" || key == "-" || f.Tag.Get("sawlog") == "reading" {
				continue
			}
			named := regexp.MustCompile("[`\"](" + path + ")?" + key + "[`\"]")
			assert.True(t, named.MatchString(pages.String()), "no page names %s", named)
			look(f.Type, path+key+`\.`)
		}
	}
	look(reflect.TypeFor[sawlog.Options](), "")
	assert.Greater(t, len(known), 10)
}

// Every preset of multiline is named on the page.
func TestThePageNamesEveryPreset(t *testing.T) {
	text, err := os.ReadFile("formats/STREAMS.md")
	require.NoError(t, err)
	_, err = sawlog.NewParser(`{"format": "combined", "multiline": "zzzzzz"}`)
	var wrong *sawlog.FormatError
	require.ErrorAs(t, err, &wrong)
	known := strings.Split(strings.TrimPrefix(wrong.Hint, "known: "), ", ")
	require.Greater(t, len(known), 10, wrong.Hint)
	for _, preset := range known {
		assert.Contains(t, string(text), "`\""+preset+"\"`")
	}
}

// A cell of CSV may go over several lines, as the page says.
func TestCellsOfSeveralLines(t *testing.T) {
	parser, err := sawlog.NewParser(`{"csv": {"header": true}, "multiline": "quotes"}`)
	require.NoError(t, err)
	batch := parser.Parse([]byte("a,b\r\n1,\"two\r\n\r\n\"\"lines\"\"\"\r\n2,x\r\n"))
	defer batch.Release()
	require.Equal(t, 2, batch.Len())
	assert.JSONEq(t, `{"a": 1, "b": "two\n\n\"lines\""}`, string(batch.AppendJSON(nil, 0, true)))
	assert.JSONEq(t, `{"a": 2, "b": "x"}`, string(batch.AppendJSON(nil, 1, true)))
}

// checkBlock runs a block: the text of a format file, but for what describes the format.
func checkBlock(t *testing.T, key, block string) {
	f, err := formats.Parse("page.fmt", strings.Replace(block, "{", `{"name": "page", "title": "a page", "url": "page", `, 1))
	require.NoError(t, err)
	require.Contains(t, f.Definition, `"`+key+`"`)
	require.NotEmpty(t, f.Samples)
	parser, err := sawlog.NewParser(f.Definition)
	require.NoError(t, err)
	for _, s := range f.Samples {
		check := parser.Explain([]byte(s.Input))
		if batch := parser.ParseRecord([]byte(s.Input)); s.Row != "" && assert.Equal(t, 1, batch.Len(), "%s: %+v", s.Input, check) {
			assert.JSONEq(t, s.Row, string(batch.AppendJSON(nil, 0, true)), s.Input)
		}
		assert.Equal(t, s.Fault, check.Fault, s.Input)
		if s.Element != "" {
			assert.Equal(t, s.Element, check.Element, s.Input)
		}
	}
}
