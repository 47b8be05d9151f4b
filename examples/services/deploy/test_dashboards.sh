#!/usr/bin/env bash
# Has a real Prometheus scrape loggate, and logstream at a real broker, and answer every query of the dashboards. It prints lines as go test does.
#   test_dashboards.sh FOLDER    where the two programs are
set -euo pipefail
programs=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
for needed in prometheus curl python3; do
  command -v $needed >/dev/null || { echo "--- SKIP: the dashboards: they need $needed (Debian packages: prometheus curl python3)"; exit 0; }
done
dir=$(mktemp -d) broker=$(mktemp -d) port=$((20000 + RANDOM % 10000))
kafka=../components/kafka.sh pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  $kafka stop "$broker" || true
  rm -rf "$dir" "$broker"
}
trap stop EXIT
trap 'exit 130' INT TERM
answers() { for _ in $(seq 150); do ! curl -fsS -o /dev/null "$1" 2>/dev/null || return 0; sleep 0.1; done; return 1; }
fail() { echo "--- FAIL: $*"; exit 1; }

env -u DATABASE_URL -u REDIS_URL "$programs/loggate" -listen 127.0.0.1:$port -data "$dir/x.db" -log-level ERROR &
pids+=($!)
jobs=(loggate)
if HEAP=384m timeout 200 $kafka start "$broker" >"$dir/kafka.log" 2>&1; then
  . "$broker/env"
  $kafka topic "$broker" logs records dead-letters
  # the first message becomes too large, so that there is something skipped
  { printf '%0200000d\n' 0; for i in $(seq 300); do printf 'level=info msg=hello n=%d\nnothing\n' "$i"; sleep 0.1; done; } | $kafka send "$broker" logs >"$dir/send.log" 2>&1 &
  pids+=($!)
  KAFKA_BROKERS=$KAFKA_BROKERS "$programs/logstream" -listen 127.0.0.1:$((port + 2)) -format logfmt -batch 64KiB -log-level ERROR &
  pids+=($!)
  jobs+=(logstream)
else
  echo "--- SKIP: the dashboard of logstream: Kafka does not start: $(tail -n 3 "$dir/kafka.log" | tr '\n' ' ')"
fi
cat >"$dir/prometheus.yml" <<YAML
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: loggate, static_configs: [{targets: ["127.0.0.1:$port"]}]}
  - {job_name: logstream, static_configs: [{targets: ["127.0.0.1:$((port + 2))"]}]}
YAML
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:$((port + 1)) --log.level=error &
pids+=($!)
answers "http://127.0.0.1:$port/ready" && answers "http://127.0.0.1:$((port + 1))/-/ready" || fail "loggate and Prometheus do not start"
[ "${#jobs[@]}" = 1 ] || answers "http://127.0.0.1:$((port + 2))/ready" || fail "logstream does not join its group"
for _ in $(seq 8); do # something to see
  printf 'level=info msg=hello\nlevel=error msg=no\n' | curl -fsS -o /dev/null --data-binary @- "http://127.0.0.1:$port/v1/logs"
  curl -fsS -o /dev/null "http://127.0.0.1:$port/v1/stats"
  curl -sS -o /dev/null "http://127.0.0.1:$port/none"
  sleep 1
done
python3 - "http://127.0.0.1:$((port + 1))/api/v1/query?" "${jobs[@]}" <<'PY'
import json, sys, urllib.error, urllib.parse, urllib.request

failed = False
for job in sys.argv[2:]:
    with open(f"grafana/dashboards/{job}.json", encoding="utf-8") as file:
        queries = [target["expr"] for panel in json.load(file)["panels"] for target in panel.get("targets", []) if target.get("expr")]
    empty, wrong = [], []
    for query in queries:
        text = urllib.parse.urlencode({"query": query.replace("$__rate_interval", "5s")})
        try:
            with urllib.request.urlopen(sys.argv[1] + text) as answer:
                if not json.load(answer)["data"]["result"]:
                    empty.append(query)
        except urllib.error.HTTPError as error:
            wrong.append(f"{query}: {error.read().decode()}")
    for line in wrong + [f"no data: {query}" for query in empty]:
        print(line)
    bad = bool(wrong) or len(empty) > len(queries) // 4
    failed = failed or bad
    print(f"--- {'FAIL' if bad else 'PASS'}: Prometheus answers the {len(queries)} queries of {job}'s dashboard, {len(queries) - len(empty) - len(wrong)} with data")
sys.exit(failed)
PY
