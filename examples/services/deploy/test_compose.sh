#!/usr/bin/env bash
# Checks the compose file by the specification's schema and by podman-compose, and runs loggate as the file says, without root, beside the
# PostgreSQL and Redis of DATABASE_URL and REDIS_URL: the images of the others come from registries. It prints lines as go test does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../../.. && pwd)

pass() { echo "--- PASS: $*"; }
skip() { echo "--- SKIP: $*"; }
fail() { echo "--- FAIL: $*"; exit 1; }

if [ "${1:-}" = up ]; then # as an ordinary user
  export LOGGATE_KEYS=$2 base=$3 PYTHONPATH=$EXTRA
  podman build --format docker -q -t sawlog-services -f Containerfile "$CONTEXT" >/dev/null
  compose=(python3 -m podman_compose -p sawlog-compose-test -f compose.yaml -f "$4")
  trap '"${compose[@]}" down -t 5 >/dev/null 2>&1 || true' EXIT
  "${compose[@]}" up -d --no-deps loggate >"$TMPDIR/up.log" 2>&1 || { cat "$TMPDIR/up.log"; exit 1; }
  for _ in $(seq 100); do ! curl -fsS "$base/ready" 2>/dev/null || break; sleep 0.1; done
  echo
  curl -fsS "$base/metrics" | grep '^go_goroutines ' || { podman logs sawlog-compose-test_loggate_1; exit 1; }
  podman ps --format '{{.Names}} {{.Status}}'
  exit
fi

packages=$root/build/services/compose
if [ ! -e "$packages/complete" ]; then
  # docker-compose's package has the schema in it; the program itself is not installed
  { rm -rf "$packages" && python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --target "$packages" podman-compose==1.6.0 jsonschema &&
    python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$packages" docker-compose==1.29.2 && touch "$packages/complete"; } ||
    { skip "the compose file: podman-compose and the schema cannot be had from PyPI"; exit 0; }
fi
export PYTHONPATH=$packages
compose() { python3 -m podman_compose "$@"; }
python3 - "$packages"/docker_compose-*.whl compose.yaml <<'PY' || fail "the compose file does not fit the specification"
import json, sys, zipfile
import jsonschema, yaml
with zipfile.ZipFile(sys.argv[1]) as package:
    schema = json.loads(package.read("compose/config/compose_spec.json"))
with open(sys.argv[2], encoding="utf-8") as file:
    document = yaml.safe_load(file)
# what came into the specification after that package
allowed = {"name"}
jsonschema.Draft7Validator(schema).validate({key: value for key, value in document.items() if key not in allowed})
for name, service in document["services"].items():
    for other in service.get("depends_on", {}):
        assert other in document["services"], f"{name} depends on {other}, which there is not"
PY
pass "the compose file fits the specification's schema"

! compose -f compose.yaml config >/dev/null 2>&1 || fail "it does not ask for LOGGATE_KEYS"
LOGGATE_KEYS=x compose -f compose.yaml config >/dev/null || fail "podman-compose does not take it"
pass "podman-compose takes it, and asks for LOGGATE_KEYS"

context=$root/build/services/image
for program in podman newuidmap runc curl; do command -v $program >/dev/null || { skip "loggate by compose: it needs $program"; exit 0; }; done
[ -x "$context/loggate" ] && [ -n "${DATABASE_URL:-}" ] && [ -n "${REDIS_URL:-}" ] || { skip "loggate by compose: it needs the image's files, PostgreSQL and Redis"; exit 0; }
port=$((20000 + RANDOM % 10000))
override=$(mktemp)
trap 'rm -f "$override" local.yaml' EXIT
cat >local.yaml <<YAML
services:
  loggate:
    network_mode: host
    ports: !reset []
    environment:
      LOGGATE_LISTEN: 127.0.0.1:$port
      LOGGATE_SYSLOG_TCP: 127.0.0.1:$((port + 1))
      DATABASE_URL: $DATABASE_URL
      REDIS_URL: $REDIS_URL
      OTEL_EXPORTER_OTLP_ENDPOINT: ""
YAML
keys=$("$context/loggate" key test ingest,search | sed -n 's/^for -keys[^:]*: *//p')
if said=$(EXTRA=$packages ./as_user.sh "$context" ./test_compose.sh up "$keys" "http://127.0.0.1:$port" local.yaml 2>&1) && grep -q ready <<<"$said"; then
  pass "podman-compose runs loggate as the file says, on the machine's network, with PostgreSQL and Redis"
  skip "the other services of the compose file: their images come from registries"
else
  tail -n 15 <<<"$said"
  fail "podman-compose does not run loggate"
fi
