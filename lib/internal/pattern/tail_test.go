package pattern

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func nginxTree(t *testing.T, format string) *Tree {
	t.Helper()
	tree, err := CompileNginx(format)
	require.NoError(t, err)
	return tree
}

func TestAddRest(t *testing.T) {
	tree := nginxTree(t, `"$request" "$http_user_agent"`)
	require.Nil(t, tree.AddRest("rest"))
	assert.Equal(t, `"\"" :request "\" \"" user_agent:text "\"" rest:rest`, tree.String())
	assert.NotNil(t, tree.AddRest("more"), "there is one already")

	assert.Nil(t, nginxTree(t, `$status`).AddRest(""), "a rest may be dropped")
	assert.NotNil(t, nginxTree(t, `"$request" $status`).AddRest("target"), "the name is taken")
	assert.NotNil(t, nginxTree(t, `$status $uri`).AddRest("rest"), "the text takes the rest already")
}

func TestMarkOptional(t *testing.T) {
	for _, c := range []struct{ format, field, tree string }{
		{`"$http_user_agent" "$gzip_ratio"`, "gzip_ratio", `"\"" user_agent:text "\""?" \"" gzip_ratio:float "\""`},
		{`$status $pid $uri`, "pid", `status:int ?" " pid:int " " target:text`},
		{`$status, x $pid`, "pid", `status:int ", x"?" " pid:int`},
		{`$status|$pid`, "pid", `status:int ?"|" pid:int`},
		{`$status$pid`, "pid", `status:int ?pid:int`},
		{`$status $remote_addr:$remote_port`, "client_port", `status:int ?" " client+client_port:host:port`},
		{`$status $time_local] x $pid`, "pid", `status:int " " time:time(clf) "] x"?" " pid:int`},
	} {
		tree := nginxTree(t, c.format)
		require.Nil(t, tree.MarkOptional(c.field), c.format)
		assert.Equal(t, c.tree, tree.String())
		for _, e := range tree.Elements {
			assert.Equal(t, e.Source, c.format[e.Pos:e.Pos+len(e.Source)])
		}
	}
	err := nginxTree(t, `[$status]`).MarkOptional("bytes")
	require.NotNil(t, err)
	assert.Contains(t, err.Hint, "status")
	assert.NotNil(t, nginxTree(t, `[$status]`).MarkOptional("status"), "it is the first")
	assert.NotNil(t, nginxTree(t, `$status`).MarkOptional("status"))
}

func TestNames(t *testing.T) {
	assert.Equal(t, "host:port", KindHostPort.String())
	assert.Equal(t, "unknown", Kind(99).String())
	assert.Equal(t, "x", (&Error{Message: "x"}).Error())
	assert.Equal(t, "x (y)", (&Error{Message: "x", Hint: "y"}).Error())
	tree := nginxTree(t, `$remote_addr:$remote_port "$request" $status $status`)
	assert.Equal(t, []string{"client", "client_port", "method", "target", "protocol", "request", "status"}, tree.Fields())
}
