#!/usr/bin/env bash
# What ./build.sh services does: the demo, and the tests with real components.
#   services.sh demo    loggate with its embedded store: sends a log, shows rows, counts and a trace
#   services.sh image   the two static binaries and, where podman is, the image sawlog-services
#   services.sh test    every test: those with PostgreSQL, Redis, Kafka, an OpenTelemetry collector, podman and Spark too (see test.sh)
#   services.sh bench   logstream beside regexp and encoding/json through a real broker, on one core
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../.. && pwd)
mkdir -p "$root/build/bin" "$root/build/services"

demo() {
  go build -trimpath -o "$root/build/bin/" ./cmd/loggate ./cmd/demo
  # the embedded store, whatever is set for other things
  exec env -u DATABASE_URL -u REDIS_URL "$root/build/bin/demo" -loggate "$root/build/bin/loggate" -file "${1:-$root/examples/data/access.log}"
}

image() {
  local context=$root/build/services/image
  mkdir -p "$context"
  # with vectors on amd64, as the library itself is built
  GOEXPERIMENT=simd CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$context/" ./cmd/loggate ./cmd/logstream
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
  if command -v podman >/dev/null; then
    podman build --format docker -q -t sawlog-services -f deploy/Containerfile "$context" # OCI's own format has no health check
  else
    echo "services.sh: the binaries are in $context; the image needs podman (Debian packages: podman runc uidmap)" >&2
  fi
}

inside() { (cd "$1" && shift && "$@"); }

# bench starts one broker, on the first core where there are two, and measures on the last.
bench() {
  local dir broker=() ours=()
  dir=$(mktemp -d)
  trap 'components/kafka.sh stop "'"$dir"'/kafka"; rm -rf "'"$dir"'"' EXIT
  trap 'exit 130' INT TERM
  if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
    broker=(taskset -c "0-$(($(nproc) - 2))") ours=(taskset -c $(($(nproc) - 1)))
  fi
  GOEXPERIMENT=simd go test -c -o "$dir/bench" ./internal/logstream
  HEAP=768m "${broker[@]}" components/kafka.sh start "$dir/kafka"
  set -a && . "$dir/kafka/env" && set +a
  inside internal/logstream "${ours[@]}" "$dir/bench" -test.run '^$' -test.bench Parsing -test.cpu 1 "$@"
  for _ in 1 2 3; do # what is compared runs one after the other, not three of one and three of the other
    inside internal/logstream "${ours[@]}" "$dir/bench" -test.run '^$' -test.bench Broker -test.cpu 1 -test.benchtime 1x "$@"
  done
}

case ${1:-} in
image) image ;;
demo) shift && demo "$@" ;;
test) shift && exec ./test.sh "$@" ;;
bench) shift && bench "$@" ;;
*) echo "usage: ./build.sh services demo [FILE] | image | test [fresh | go test flags] | bench [go test flags]" >&2; exit 2 ;;
esac
