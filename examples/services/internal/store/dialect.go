package store

import "strings"

// Dialect is what a search is in one kind of SQL. Each ? is a parameter.
type Dialect struct {
	Level string                                                           // the condition on a level, whatever its case
	Field func(path []string, value string) (condition string, args []any) // on a field at one place
	Text  string                                                           // on a text in the message
}

// Search is the statement for a query, and its arguments in their order. It asks for one record more than the query's limit, which tells
// whether there is a next page.
func (d *Dialect) Search(q Query) (statement string, arguments []any) {
	var sql strings.Builder
	sql.WriteString("SELECT id, time, received, source, format, level, severity, status, fault, fields FROM record")
	next := " WHERE "
	and := func(condition string, args ...any) {
		sql.WriteString(next + condition)
		arguments = append(arguments, args...)
		next = " AND "
	}
	text := func(condition, value string) {
		if value != "" {
			and(condition, value)
		}
	}
	if !q.From.IsZero() {
		and("time >= ?", q.From.UnixNano())
	}
	if !q.To.IsZero() {
		and("time < ?", q.To.UnixNano())
	}
	if c := q.After; c != nil {
		and("(time, id) < (?, ?)", c.Time, c.ID)
	}
	text("source = ?", q.Source)
	text("format = ?", q.Format)
	text("fault = ?", q.Fault)
	text(d.Level, q.Level)
	if q.Severity != nil {
		and("severity BETWEEN 0 AND ?", *q.Severity)
	}
	if q.Status != (StatusRange{}) {
		and("status BETWEEN ? AND ?", q.Status.From, q.Status.To)
	}
	for _, f := range q.Fields {
		condition, args := d.field(f)
		and(condition, args...)
	}
	text(d.Text, q.Text)
	sql.WriteString(" ORDER BY time DESC, id DESC LIMIT ?")
	return sql.String(), append(arguments, q.Limit+1)
}

// field is the condition on a field wherever it may be.
func (d *Dialect) field(f Filter) (condition string, arguments []any) {
	var places []string
	for _, path := range f.Paths() {
		one, args := d.Field(path, f.Value)
		places = append(places, one)
		arguments = append(arguments, args...)
	}
	return "(" + strings.Join(places, " OR ") + ")", arguments
}
