//go:build !sawlog_faults

package main

// fault is where the tests of a build with the tag sawlog_faults make the library panic.
func fault(string) {}
