#!/usr/bin/env bash
# Every test of the services, with real servers: ./build.sh services test [fresh | flags of go test]
#
# A step is a Go package, the image, the units, the compose file, the demo, or Spark. Each has a time limit, and all together have one:
# LIMIT=seconds, else 40 minutes. A step that passed is not run again until one of its sources changes, so that a run that was broken off, or
# that came to its limit, is taken up where it was; `fresh` runs all of it. What was skipped is said at the end, with the reason.
# With flags of go test only the Go packages run, as the flags say.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD root=$(cd ../.. && pwd)
components=$here/components logs=$root/build/services/test
mkdir -p "$logs"

# ---- What a step runs: `test.sh run NAME ARGUMENTS` ---------------------------------------------------------------------------------

run_build() { go build ./... && go vet ./...; }
run_go() { SERVICES_COMPONENTS=$components SERVICES_FULL=1 go test -vet=off -count=1 -v -timeout "$2" "./$1"; }

# The components' parts that are fetched or built once. A test starts them itself, and is skipped where they do not start.
run_fetch() {
  local name
  need rsyslogd rsyslog
  for name in kafka otelcol; do "$components/$name.sh" fetch "$home/fetch-$name" || echo "--- SKIP: $name cannot be fetched"; done
}

# need PROGRAM PACKAGE: as root it is installed where it is missing; else its test is skipped, and says so.
need() {
  command -v "$1" >/dev/null || ((EUID != 0)) || ! command -v apt-get >/dev/null ||
    { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends "$2"; } || true
}

run_image() {
  need podman podman && need runc runc && need newuidmap uidmap && need slirp4netns slirp4netns && need curl curl
  ./services.sh image && deploy/test_image.sh
}
run_units() { deploy/test_units.sh; }
run_compose() { deploy/test_compose.sh; }
run_dashboards() { need prometheus prometheus && deploy/test_dashboards.sh "$root/build/services/image"; }
run_demo() { ./services.sh demo && echo "--- PASS: demo"; }

run_spark() {
  local venv=$root/build/services/spark-venv
  command -v java >/dev/null || { echo "--- SKIP: Spark: it needs java (Debian package openjdk-17-jre-headless)"; return; }
  if [ ! -e "$venv/complete" ]; then
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check pyspark==4.3.0 pyarrow==25.0.1 'pandas<3' && touch "$venv/complete"; } ||
      { echo "--- SKIP: Spark: PySpark cannot be installed"; return; }
  fi
  SPARK_LOCAL_IP=127.0.0.1 PYTHONPATH=$root/bindings/python:$root/examples/spark "$venv/bin/python" "$root/examples/spark/test_spark.py"
  echo "--- PASS: Spark, local-cluster with two workers"
}

if [ "${1:-}" = run ]; then
  name=$2
  shift 2
  "run_$name" "$@"
  exit
fi

# ---- Components that several packages share --------------------------------------------------------------------------------------------

started=()
component() {
  local name=$1
  if timeout 300 "$components/$name.sh" start "$home/$name" >"$logs/$name.log" 2>&1; then
    started+=("$name")
    set -a && . "$home/$name/env" && set +a
  else
    echo "without $name, because it does not start: $(tail -n 3 "$logs/$name.log" | tr '\n' ' ')"
  fi
}

# stop_all stops the shared components, and what a test that was ended by its limit has left.
stop_all() {
  local name file pid
  for name in "${started[@]}"; do "$components/$name.sh" stop "$home/$name" || true; done
  for file in "$home"/*/*.pid; do
    [ ! -e "$file" ] || { pid=$(<"$file") && kill -KILL -- "-$pid" 2>/dev/null || true; }
  done
  awk -v home="$home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | xargs -r umount || true # the small disk that a test fills
  rm -rf "$home"
}

home=$(mktemp -d)
export home TMPDIR=$home # components that tests start have their folders there too
chmod 755 "$home"        # PostgreSQL runs as a user of its own
trap stop_all EXIT
trap 'exit 130' INT TERM
export DURABLE=1 # fsync is on, as in earnest

# ---- With flags: go test, and nothing else ---------------------------------------------------------------------------------------------

if [ $# -gt 0 ] && [ "$1" != fresh ]; then
  component postgres
  component redis
  SERVICES_COMPONENTS=$components SERVICES_FULL=1 go test -count=1 -v -p 1 -timeout 40m "$@" ./... | grep -v -E '^\?|no tests to run|^=== |^PASS$'
  exit
fi
[ "${1:-}" != fresh ] || rm -f "$logs"/*.passed

# ---- The steps ----------------------------------------------------------------------------------------------------------------------------

limit=${LIMIT:-2400} passed=0 failed=0 skipped=0 left=0
skips=$logs/skipped
: >"$skips"
state=$({ go version; cd "$root"; find lib capi examples/services examples/spark bindings/python/sawlog -type f ! -path '*/testdata/*' ! -name '*.md' ! -name '*.pyc' -print0 |
  LC_ALL=C sort -z | xargs -0 sha256sum; } | sha256sum)

# step NAME SECONDS KIND ARGUMENTS...
step() {
  local name=$1 most=$2 file status=0 begun=$SECONDS p f s
  file=$logs/$(printf '%s' "$1" | tr -c 'A-Za-z0-9\n' '-')
  shift 2
  printf '%-28s' "$name"
  if [ "$(cat "$file.passed" 2>/dev/null)" = "$state" ]; then
    p=$(grep -c -E '^--- PASS' "$file.log") && passed=$((passed + p))
    printf 'ok     %3d passed before; no source has changed\n' "$p"
    return
  fi
  if [ $((limit - SECONDS)) -lt 10 ]; then
    left=$((left + 1))
    echo "left   the time is up"
    return
  fi
  local cut=""
  [ $((limit - SECONDS)) -ge "$most" ] || { most=$((limit - SECONDS)) cut=yes; }
  timeout -k 20 "$most" "$here/test.sh" run "$@" >"$file.log" 2>&1 </dev/null || status=$?
  if [ "$status" = 124 ] && [ -n "$cut" ]; then
    left=$((left + 1))
    echo "left   the time is up"
    return
  fi
  p=$(grep -c -E '^--- PASS' "$file.log") f=$(grep -c -E '^--- FAIL' "$file.log") s=$(grep -c -E '^ *--- SKIP' "$file.log") || true
  [ "$status" = 0 ] || [ "$f" != 0 ] || f=1
  [ "$status" != 124 ] || echo "--- FAIL: it took longer than $most s" >>"$file.log"
  [ $((p + f + s)) != 0 ] || [[ $name = fetch || $name = build ]] || f=1 # a step that ran nothing
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-6s %3d passed' "$([ "$f" = 0 ] && echo ok || echo FAILED)" "$p"
  [ "$f" = 0 ] || printf ', %d failed' "$f"
  [ "$s" = 0 ] || printf ', %d skipped' "$s"
  printf '  (%d s)\n' $((SECONDS - begun))
  # go test says why before the line that says what
  awk -v step="$name" '/^ *--- SKIP/ { sub(/^ *--- SKIP: /, ""); if (before ~ /_test\.go|fulltest\.go/) { sub(/^ *[a-z_]*\.go:[0-9]*: /, "", before); $0 = $0 " " before } print step ": " $0 } { before = $0 }' "$file.log" >>"$skips"
  if [ "$f" != 0 ]; then
    grep -v -E '^=== |^--- PASS|"level":' "$file.log" | tail -n 30 | sed 's/^/    /'
    echo "    all of it: $file.log"
  elif [ "$s" = 0 ]; then
    printf '%s\n' "$state" >"$file.passed"
  fi
}

step build 900 build
step fetch 900 fetch
component postgres
component redis
while read -r package; do
  case $package in
  cmd/logstream) most=900 ;;
  cmd/*) most=400 ;;
  *) most=240 ;;
  esac
  step "$package" "$most" go "$package" "$((most - 10))s"
done < <(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./... | sed -n "s|^$here/||p")
step image 400 image
step units 60 units
step compose 300 compose
step dashboards 240 dashboards
step demo 120 demo
step spark 900 spark

if [ -s "$skips" ]; then
  echo "skipped:"
  sed 's/^/    /' "$skips"
fi
echo "$passed passed, $failed failed, $skipped skipped$([ "$left" = 0 ] || printf ', %d steps left: run it again, it goes on there' "$left")  ($SECONDS s)"
[ "$failed" = 0 ] && [ "$left" = 0 ]
