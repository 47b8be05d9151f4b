//go:build goexperiment.simd && amd64

package scan

import "testing"

func init() {
	if wide {
		marks["mark32"] = mark32
	}
	if wider {
		marks["mark64"] = mark64
	}
}

// What looks at 64 bytes at once has a way for processors that cannot.
func TestSearchesBy32BytesAgreeToo(t *testing.T) {
	was := wider
	wider = false
	defer func() { wider = was }()
	TestSearchesAgreeWithThePlainLoop(t)
}
