//go:build goexperiment.simd && amd64

package main

const simd = true // the scanner has vector code, chosen by the CPU at run time
