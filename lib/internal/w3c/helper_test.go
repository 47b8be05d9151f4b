package w3c

import (
	"github.com/sawlog/sawlog/lib/internal/linetest"
)

var (
	rig = linetest.NewEngine(linetest.Rig{Present: Present, Noise: "-\" \n\t#, ", Directive: "#Fields:"}, Compile)

	bind, read  = rig.Bind, rig.Read
	parse, rows = rig.Parse, linetest.Rows
	account     = rig.Account
)
