
func TestTheYearOfLinesWithoutOneIsThis(t *testing.T) {
	f, err := NewFormats(nil, 1)
	require.NoError(t, err)
	format, err := f.Named("syslog")
	require.NoError(t, err)
	at := time.Now().UTC().Add(-time.Hour)
	batch := format.Parser.Parse([]byte(at.Format(time.Stamp) + " host app: text\n"))
	require.Equal(t, 1, batch.Len())
	assert.WithinDuration(t, at, batch.Column("time").Time(0), 2*time.Second)
	batch.Release()
}
