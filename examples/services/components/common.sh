# Shared by the service scripts; sourced, never run.
# Every component lives in one folder DIR: its data, its log, NAME.pid for each process, and env, which
# holds NAME=value lines for clients to source. Nothing is written outside DIR except what is
# installed once (Debian packages, which needs root; $SERVICES_CACHE, by default build/services, for jars
# and built programs).

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
mkdir -p "${SERVICES_CACHE:=$here/../../../build/services}"
cache=$(cd "$SERVICES_CACHE" && pwd)

# need PROGRAM PACKAGE: installs a Debian package when its program is missing. Starts no service.
need() {
  command -v "$1" >/dev/null && return
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo "$(basename "$0"): $1 is missing (Debian package: $2)" >&2
    return 1
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends "$2"; } >&2
}

# free_ports N: N different loopback ports that nobody listens on, from below the range the kernel
# hands to clients. The start number is random, so that two tests starting together seldom meet.
free_ports() {
  local port=$((20000 + RANDOM % 10000)) left=$1
  while ((left)); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; left=$((left - 1)); fi
    port=$((port + 1))
  done
}

# launch DIR NAME COMMAND...: runs it in the background, away from this terminal.
launch() {
  local dir=$1 name=$2; shift 2
  setsid "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

# running PID. A dead process that nobody has waited for yet (a zombie) does not count.
running() { local state; state=$(ps -o stat= -p "$1") && [[ $state != Z* ]]; }

# alive DIR NAME
alive() { [[ -s $1/$2.pid ]] && running "$(<"$1/$2.pid")"; }

# halt DIR NAME [SIGNAL]: asks, waits ten seconds, then insists. Does nothing if it is not running.
halt() {
  local file=$1/$2.pid pid i
  [[ -s $file ]] || return 0
  pid=$(<"$file")
  kill -"${3:-TERM}" "$pid" 2>/dev/null || true
  for ((i = 0; i < 200; i++)); do running "$pid" || break; sleep 0.05; done
  ! running "$pid" || kill -KILL "$pid"
  rm -f "$file"
}

# await SECONDS NAME COMMAND...: until the command succeeds. On failure shows the end of the log.
await() {
  local end=$((SECONDS + $1)) dir=$2 name=$3; shift 3
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)) || ! alive "$dir" "$name"; then
      echo "$name did not become ready" >&2; tail -n 20 "$dir/$name.log" >&2; return 1
    fi
    sleep 0.1
  done
}

usage() { echo "usage: $(basename "$0") start|ready|stop DIR${1:+ $1}" >&2; exit 2; }
