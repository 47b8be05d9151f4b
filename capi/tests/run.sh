#!/usr/bin/env bash
# capi/tests/run.sh [FLAGS OF GO TEST...]: the tests of the C library; the last line counts them. -short leaves out the slow ones,
# SAWLOG_BUILD=DIR takes a library that is built already.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
log=$(mktemp) || exit
trap 'rm -f "$log"' EXIT
go test -count=1 -timeout 30m -v "$@" . 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
count() { grep -c -E "^ *--- $1: " "$log"; }
echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
exit "$status"
