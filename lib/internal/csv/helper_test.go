package csv

import (
	"github.com/sawlog/sawlog/lib/internal/linetest"
)

var (
	rig = linetest.NewEngine(linetest.Rig{Present: Present, Noise: ",\"9\n\t;\\ "}, Compile)

	bind, read  = rig.Bind, rig.Read
	parse, rows = rig.Parse, linetest.Rows
	account     = rig.Account
)
