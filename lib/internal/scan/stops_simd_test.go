//go:build goexperiment.simd && amd64

package scan

func init() {
	if wide {
		marks["mark32"] = mark32
	}
	if wider {
		marks["mark64"] = mark64
	}
}
