package record

// Row is row i as a map that nests like its JSON. It allocates for every value: columns are the fast way.
func (b *Batch) Row(i int, dropNulls bool) map[string]any {
	row, _ := b.object(b.schema.rows, i, dropNulls)
	if over := b.schema.over; over >= 0 && !b.columns[over].IsNull(i) {
		merge(row, decodeObject(b.columns[over].Bytes(i)))
	}
	return row
}

// object makes the members, and tells whether one of them has a value.
func (b *Batch) object(nodes []node, row int, dropNulls bool) (map[string]any, bool) {
	object, some := make(map[string]any, len(nodes)), false
	for k := range nodes {
		n := &nodes[k]
		if n.field < 0 {
			if inner, has := b.object(n.inside, row, dropNulls); has {
				object[n.name], some = inner, true
			}
			continue
		}
		c := &b.columns[n.field]
		if c.IsNull(row) {
			if !dropNulls {
				object[n.name] = nil
			}
			continue
		}
		object[n.name], some = c.Value(row), true
	}
	return object, some
}

// merge puts more into row; objects on both sides are merged member by member, else more wins.
func merge(row, more map[string]any) {
	for key, value := range more {
		if inner, ok := value.(map[string]any); ok {
			if there, ok := row[key].(map[string]any); ok {
				merge(there, inner)
				continue
			}
		}
		row[key] = value
	}
}
