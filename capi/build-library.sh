#!/usr/bin/env bash
# capi/build-library.sh OUTDIR [shared] [static]: builds
#   OUTDIR/lib/libsawlog.so.1, libsawlog.so -> it, libsawlog.a, lib/pkgconfig/sawlog.pc, include/sawlog.h
# Needs go and a C compiler ($CC or gcc), for the archive also ar, ld, objcopy, strip. The same sources give the same bytes, wherever the
# checkout is. Sourced, it defines the functions only.
# For macOS it is libsawlog.1.dylib, for Windows sawlog.dll and sawlog.lib, without an archive; from another system, for instance
#   GOOS=windows CC=x86_64-w64-mingw32-gcc capi/build-library.sh OUTDIR shared
#   SAWLOG_TAGS   more build tags (sawlog_faults)     SAWLOG_GLIBC=any   do not hold the library to glibc 2.17

sawlog_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The version, from the one place where it stands.
sawlog_version() { sed -n 's/^const Version = "\(.*\)"$/\1/p' "$sawlog_here"/../lib/*.go; }

# A directory without blanks in its name, whose name stands for the content: Go's cache knows the flags, not the files behind them.
sawlog_link_files() {
  local hash dir
  hash=$({ cat "$sawlog_here/glibc_compat.h" "$sawlog_here/sawlog.map" "$sawlog_here/build-library.sh" && go env GOROOT GOVERSION; } | cksum | tr -d ' ')
  dir=$(go env GOCACHE)/sawlog-$hash
  case $dir in *[[:space:]]*) dir=/tmp/sawlog-$(id -u)-$hash ;; esac
  mkdir -p "$dir"
  local file
  for file in glibc_compat.h sawlog.map; do
    [ -s "$dir/$file" ] || { cp "$sawlog_here/$file" "$dir/$file.$$" && mv "$dir/$file.$$" "$dir/$file"; }
  done
  sawlog_runtime "$dir" || return
  [ -s "$dir/exports" ] || { sawlog_names | sed 's/^/_/' >"$dir/exports.$$" && mv "$dir/exports.$$" "$dir/exports"; }
  [ -s "$dir/sawlog.def" ] || { { echo EXPORTS; sawlog_names; } >"$dir/sawlog.def.$$" && mv "$dir/sawlog.def.$$" "$dir/sawlog.def"; }
  echo "$dir"
}

# sawlog_runtime DIR: two files of Go's library that are built otherwise, and overlay.json, which says so. A Go without just these places is
# left as it is.
#   Go unblocks three signals in every thread that runs its code, though none of them is for us: children that ended, a profiler's, and the
#   first real-time signal (of musl). A host blocks such a signal to wait for it, and would not see it any more.
#   Go raises the process's limit of open files, which a host that uses select() relies on.
sawlog_runtime() {
  local root file name
  root=$(go env GOROOT)/src
  for file in runtime/sigtab_linux_generic.go syscall/rlimit.go; do
    name=$1/${file##*/}
    sed -E '/"SIGCHLD:|"SIGPROF:|"signal 34"/s/ \+ _SigUnblock//
      s/^(.if err := Getrlimit.*;) err == nil .*\{$/\1 err == nil \&\& false {/' "$root/$file" >"$name.$$" && mv "$name.$$" "$name" || return
    diff "$root/$file" "$name" || true
  done | grep -c '^>' | grep -qx 4 || {
    echo "build-library.sh: $root is a Go that it does not know: it is built as it is, and hosts that wait for blocked signals may miss some" >&2
    echo '{"Replace": {}}' >"$1/overlay.json"
    return
  }
  printf '{"Replace": {"%s": "%s", "%s": "%s"}}\n' "$root/runtime/sigtab_linux_generic.go" "$1/sigtab_linux_generic.go" \
    "$root/syscall/rlimit.go" "$1/rlimit.go" >"$1/overlay.json.$$" && mv "$1/overlay.json.$$" "$1/overlay.json"
}

# The public names, one a line.
sawlog_names() { sed -n 's/^ *\(sawlog_[a-z0-9_]*\);$/\1/p' "$sawlog_here/sawlog.map"; }

# What the shared library's file is called.
sawlog_file() {
  case $(go env GOOS) in
    darwin) echo libsawlog.1.dylib ;;
    windows) echo sawlog.dll ;;
    *) echo libsawlog.so.1 ;;
  esac
}

# sawlog_go_build MODE OUTPUT EXTLDFLAGS: one go build with the flags that both kinds share.
sawlog_go_build() {
  local files cflags
  files=$(sawlog_link_files)
  cflags="-O2 -g"
  [ "${SAWLOG_GLIBC:-}" = any ] || [ "$(go env GOOS)" != linux ] || cflags="$cflags -include $files/glibc_compat.h"
  rm -f "$2"
  (cd "$sawlog_here/.." && CGO_ENABLED=1 GOFLAGS=-buildvcs=false GOAMD64=v1 GOEXPERIMENT=${GOEXPERIMENT-simd} CGO_CFLAGS=$cflags \
    go build -trimpath -overlay "$files/overlay.json" -buildmode="$1" -tags "osusergo,netgo${SAWLOG_TAGS:+,$SAWLOG_TAGS}" \
    -ldflags="-s -w -buildid= -bindnow -X=runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1 -extldflags '$3'" -o "$2" ./capi)
}

# sawlog_shared OUTDIR
sawlog_shared() {
  local out files file flags
  mkdir -p "$1/lib" && out=$(cd "$1" && pwd) && files=$(sawlog_link_files) && file=$(sawlog_file) || return
  case $file in
    *.so.*) flags="-Wl,-soname,$file -Wl,--version-script=$files/sawlog.map -Wl,--no-undefined-version -Wl,-z,defs -static-libgcc" ;;
    *.dylib) flags="-Wl,-install_name,@rpath/$file -Wl,-exported_symbols_list,$files/exports" ;;
    *.dll) flags="-static-libgcc $files/sawlog.def -Wl,--out-implib,$out/lib/sawlog.lib" ;;
  esac
  sawlog_go_build c-shared "$out/lib/$file" "$flags" || return
  rm -f "$out/lib/${file%.*}.h" "$out/lib/$file.h"
  case $file in
    *.so.*) ln -sf "$file" "$out/lib/libsawlog.so" ;;
    *.dylib) ln -sf "$file" "$out/lib/libsawlog.dylib" ;;
  esac
}

# sawlog_static OUTDIR: one relocatable object in which only the public names are global, so that it can stand beside other Go archives. Go is
# started before the constructors of the program: one that called the library would wait for it for ever.
sawlog_static() {
  local out tmp keep
  mkdir -p "$1/lib" && out=$(cd "$1" && pwd) && tmp=$(mktemp -d) || return
  (
    trap 'rm -rf "$tmp"' EXIT
    sawlog_go_build c-archive "$tmp/raw.a" "" || exit
    cd "$tmp" && LC_ALL=C && export LC_ALL && ar x raw.a && ld -r -d -o all.o ./*.o || exit
    keep=$(sawlog_names | sed 's/^/--keep-global-symbol=/')
    # shellcheck disable=SC2086
    objcopy $keep --rename-section .init_array=.init_array.00103 all.o && strip -g all.o && mv all.o sawlog.o && rm -f "$out/lib/libsawlog.a" && ar rcsD "$out/lib/libsawlog.a" sawlog.o
  )
}

# sawlog_headers OUTDIR
sawlog_headers() {
  mkdir -p "$1/include" "$1/lib/pkgconfig" || return
  cp "$sawlog_here/sawlog.h" "$1/include/sawlog.h" || return
  sed "s/@VERSION@/$(sawlog_version)/" "$sawlog_here/sawlog.pc.in" > "$1/lib/pkgconfig/sawlog.pc"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  [ $# -ge 1 ] || { echo "usage: $0 OUTDIR [shared] [static]" >&2; exit 2; }
  out=$1
  shift
  sawlog_headers "$out"
  for kind in "${@:-shared}"; do "sawlog_$kind" "$out"; done
  [ $# -gt 0 ] || sawlog_static "$out"
fi
