#!/usr/bin/env bash
# What ./build.sh services does: the demo, and the tests with real components.
#   services.sh demo    loggate with its embedded store: sends a log, shows rows, counts and a trace
#   services.sh image   the two static binaries and, where podman is, the image sawlog-services
#   services.sh test    starts PostgreSQL, Redis, Kafka and an OpenTelemetry collector, runs every test, stops them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../.. && pwd)
components=$PWD/components
mkdir -p "$root/build/bin" "$root/build/services"

demo() {
  go build -trimpath -o "$root/build/bin/" ./cmd/loggate ./cmd/demo
  exec "$root/build/bin/demo" -loggate "$root/build/bin/loggate" -file "${1:-$root/examples/data/access.log}"
}

image() {
  local context=$root/build/services/image
  mkdir -p "$context"
  CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$context/" ./cmd/loggate ./cmd/logstream
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
  if command -v podman >/dev/null; then
    podman build --format docker -q -t sawlog-services -f deploy/Containerfile "$context" # OCI's own format has no health check
  else
    echo "services.sh: the binaries are in $context; the image needs podman (Debian packages: podman runc uidmap)" >&2
  fi
}

# component NAME: starts it; its tests are skipped when that fails, and say so.
component() {
  local name=$1
  shift
  if "$components/$name.sh" start "$home/$name" "$@" >"$home/$name.log" 2>&1; then
    started+=("$name")
    set -a && . "$home/$name/env" && set +a
  else
    echo "services.sh: without $name, because it does not start:" >&2
    tail -n 5 "$home/$name.log" | sed 's/^/    /' >&2
  fi
}

stop_all() {
  local name
  for name in "${started[@]}"; do "$components/$name.sh" stop "$home/$name" || true; done
  [ -z "${home:-}" ] || rm -rf "$home"
}

run_tests() {
  home=$(mktemp -d) started=()
  chmod 755 "$home" # PostgreSQL runs as a user of its own
  trap stop_all EXIT
  trap 'exit 130' INT TERM
  DURABLE=1 component postgres
  component redis
  component otelcol
  component kafka 3
  SERVICES_COMPONENTS=$components SERVICES_HOME=$home SERVICES_FULL=1 go test -count=1 -timeout 20m "$@" ./...
}

case ${1:-} in
image) image ;;
demo) shift && demo "$@" ;;
test) shift && run_tests "$@" ;;
*) echo "usage: ./build.sh services demo [FILE] | image | test [go test flags]" >&2; exit 2 ;;
esac
