#!/usr/bin/env bash
# What ./build.sh services does: the demo, and the tests with real components.
#   services.sh demo    loggate with its embedded store: sends a log, shows rows, counts and a trace
#   services.sh image   the two static binaries and, where podman is, the image sawlog-services
#   services.sh test    every test: those with PostgreSQL, Redis, Kafka, an OpenTelemetry collector and Spark too
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
  # These two are shared; tests that kill a server, and those of Kafka and the collector, start their own.
  DURABLE=1 component postgres
  component redis
  local status=0
  SERVICES_COMPONENTS=$components SERVICES_FULL=1 go test -count=1 -p 1 -timeout 20m "$@" ./... || status=$?
  [ $# -gt 0 ] || spark || status=$?
  return $status
}

# spark runs the test of ../spark, with PySpark in a folder of its own.
spark() {
  local venv=$root/build/services/spark-venv
  if ! command -v java >/dev/null || [ ! -e "$root/build/lib/libsawlog.so.1" ]; then
    echo "services.sh: without Spark: it needs java (Debian package: openjdk-17-jre-headless) and ./build.sh lib" >&2
    return
  fi
  if [ ! -e "$venv/complete" ]; then
    python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check pyspark==4.3.0 pyarrow==25.0.1 'pandas<3' && touch "$venv/complete" ||
      { echo "services.sh: without Spark: PySpark cannot be installed" >&2; return; }
  fi
  echo "Spark, local-cluster with two workers:"
  SPARK_LOCAL_IP=127.0.0.1 PYTHONPATH=$root/bindings/python:$root/examples/spark timeout 600 "$venv/bin/python" "$root/examples/spark/test_spark.py" 2>"$home/spark.log" ||
    { grep -v WARN "$home/spark.log" | tail -n 20; return 1; }
}

case ${1:-} in
image) image ;;
demo) shift && demo "$@" ;;
test) shift && run_tests "$@" ;;
*) echo "usage: ./build.sh services demo [FILE] | image | test [go test flags]" >&2; exit 2 ;;
esac
