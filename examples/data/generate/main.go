// Generate writes log files for the examples, the tests and the benchmark: always the same bytes for the same arguments.
//
//	go run ./examples/data/generate -kind combined -size 100MB >access.log
//	go run ./examples/data/generate -repeat some.log -size 100MB -o long.log
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	kind := flag.String("kind", "combined", "what to write: "+strings.Join(kindNames(), ", "))
	size := flag.String("size", "", "how much, at least: 500KB, 100MB, 1GB (uncompressed)")
	lines := flag.Int("lines", 0, "or how many lines")
	seed := flag.Uint64("seed", 1, "another seed, another log")
	awkward := flag.Bool("awkward", false, "put lines in between that a parser has to think about")
	repeat := flag.String("repeat", "", "repeat this file instead, compressed or not")
	zip := flag.Bool("gzip", false, "compress (level 6)")
	output := flag.String("o", "", "file to write (standard output)")
	flag.Parse()
	limit, err := parseSize(*size)
	if err == nil {
		err = writeTo(*output, *zip, func(w io.Writer) error {
			if *repeat != "" {
				return repeatFile(w, *repeat, limit)
			}
			return generate(w, *kind, *seed, limit, *lines, *awkward)
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// parseSize reads 100MB as 100,000,000.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	units := []struct {
		name string
		size float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}, {"", 1}}
	for _, unit := range units {
		if number, ok := strings.CutSuffix(strings.ToUpper(text), unit.name); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if err != nil || n < 0 {
				break
			}
			return int64(n * unit.size), nil
		}
	}
	return 0, fmt.Errorf("%q is no size: write 500KB, 100MB or 1GB", text)
}

// writeTo runs write on the output and puts the file in place only when it is complete.
func writeTo(path string, zip bool, write func(io.Writer) error) (err error) {
	file := os.Stdout
	if path != "" {
		if file, err = os.Create(path + ".part"); err != nil {
			return err
		}
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	var w io.Writer = buffered
	var zipper *gzip.Writer
	if zip {
		zipper, _ = gzip.NewWriterLevel(buffered, 6)
		w = zipper
	}
	err = write(w)
	if zip {
		err = errors.Join(err, zipper.Close())
	}
	err = errors.Join(err, buffered.Flush())
	if path == "" {
		return err
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}

// repeatFile writes the file again and again until there are limit bytes. A log that does not end in a line feed gets one; files of
// compressed members may be joined as they are.
func repeatFile(w io.Writer, path string, limit int64) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return fmt.Errorf("%s is empty", path)
	}
	if !compressed(data) && data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	for done := int64(0); done == 0 || done < limit; done += int64(len(data)) {
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return nil
}

func compressed(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) || bytes.HasPrefix(data, []byte{0x28, 0xb5, 0x2f, 0xfd})
}
