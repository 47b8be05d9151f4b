package loggate

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// storeToLock is the variable that makes of this test's program one that does nothing but hold the writer of the store it names.
const storeToLock = "LOGGATE_TEST_LOCK"

// lockStore takes the writer away from a store's file, until the function it gives is called. Another process does it: SQLite has one writer, and
// of two within one process a commit was lost.
func lockStore(t *testing.T, file string) (unlock func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), storeToLock+"="+file)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return func() {
		require.NoError(t, in.Close())
		require.NoError(t, c.Wait())
	}
}

// lockUntilEnd holds the writer until standard input ends.
func lockUntilEnd(file string) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		panic(err)
	}
	tx, err := db.Begin()
	if err != nil {
		panic(err)
	}
	fmt.Println("locked")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := tx.Rollback(); err != nil {
		panic(err)
	}
}
