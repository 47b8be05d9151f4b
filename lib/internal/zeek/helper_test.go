package zeek

import (
	"github.com/sawlog/sawlog/lib/internal/linetest"
)

var (
	rig = linetest.NewEngine(linetest.Rig{Present: Present, Noise: "-1.\n\t#,\\", Directive: "#fields"}, Compile)

	bind, read  = rig.Bind, rig.Read
	parse, rows = rig.Parse, linetest.Rows
	account     = rig.Account
)
