#!/usr/bin/env bash
# Has a real Prometheus scrape loggate and answer every query of the dashboards. It prints lines as go test does.
#   test_dashboards.sh LOGGATE    the program
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
for needed in prometheus curl python3; do
  command -v $needed >/dev/null || { echo "--- SKIP: the dashboards: they need $needed (Debian packages: prometheus curl python3)"; exit 0; }
done
dir=$(mktemp -d) port=$((20000 + RANDOM % 10000))
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$dir"' EXIT
env -u DATABASE_URL -u REDIS_URL "$program" -listen 127.0.0.1:$port -data "$dir/x.db" -log-level ERROR &
pids+=($!)
cat >"$dir/prometheus.yml" <<YAML
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: loggate, static_configs: [{targets: ["127.0.0.1:$port"]}]}
YAML
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:$((port + 1)) --log.level=error &
pids+=($!)
answers() { for _ in $(seq 150); do ! curl -fsS -o /dev/null "$1" 2>/dev/null || return 0; sleep 0.1; done; return 1; }
answers "http://127.0.0.1:$port/ready" && answers "http://127.0.0.1:$((port + 1))/-/ready" || { echo "--- FAIL: loggate and Prometheus do not start"; exit 1; }
for _ in $(seq 8); do # something to see
  printf 'level=info msg=hello\nlevel=error msg=no\n' | curl -fsS -o /dev/null --data-binary @- "http://127.0.0.1:$port/v1/logs"
  curl -fsS -o /dev/null "http://127.0.0.1:$port/v1/stats"
  curl -sS -o /dev/null "http://127.0.0.1:$port/none"
  sleep 1
done
python3 - "http://127.0.0.1:$((port + 1))/api/v1/query?" grafana/dashboards/loggate.json grafana/dashboards/logstream.json <<'PY'
import json, sys, urllib.error, urllib.parse, urllib.request

failed = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        queries = [target["expr"] for panel in json.load(file)["panels"] for target in panel.get("targets", []) if target.get("expr")]
    seen = 0
    for query in queries:
        # logstream does not run here: what it has too is asked of loggate, and the rest only has to be valid
        text = query.replace("$__rate_interval", "5s").replace('job="logstream"', 'job="loggate"')
        try:
            with urllib.request.urlopen(sys.argv[1] + urllib.parse.urlencode({"query": text})) as answer:
                seen += bool(json.load(answer)["data"]["result"])
        except urllib.error.HTTPError as error:
            print(f"{path}: {query}: {error.read().decode()}")
            failed += 1
    if "loggate" in path and seen < len(queries) * 3 // 4:
        print(f"{path}: only {seen} of {len(queries)} queries have a result")
        failed += 1
    print(f"--- {'FAIL' if failed else 'PASS'}: Prometheus answers the {len(queries)} queries of {path}, {seen} with data")
sys.exit(failed > 0)
PY
