//go:build !(goexperiment.simd && amd64)

package main

const simd = false // the scanner looks at words of eight bytes
