#!/usr/bin/env bash
# Builds the image as an ordinary user, without root, and runs it as it is meant to run: a read-only root, no capabilities, a number for a user,
# its own health check. It prints lines as go test does.
#   test_image.sh [CONTEXT]    the folder with the two binaries; by default where ./build.sh services image puts them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

pass() { echo "--- PASS: $*"; }
skip() { echo "--- SKIP: the image: $*"; exit 0; }
fail() { tail -n 5 "$log"; echo "--- FAIL: $*"; exit 1; }

if [ -z "${CONTEXT:-}" ]; then
  for program in podman newuidmap runc curl; do
    command -v $program >/dev/null || skip "it needs $program (Debian packages: podman runc uidmap slirp4netns curl)"
  done
  exec ./as_user.sh "${1:-../../../build/services/image}" ./test_image.sh
fi

log=$(mktemp) # what podman complains about: the machine's lack of systemd, for instance
exec 2>"$log"
name=loggate-test image=sawlog-services-test volume=loggate-test-data
stop() { podman rm -f -t 2 $name >/dev/null || true; podman volume rm -f $volume >/dev/null || true; }
trap stop EXIT

podman build --format docker -q -t $image -f Containerfile "$CONTEXT" || fail "the image does not build"
pass "the image is built by user $(id -u), $(podman image inspect -f '{{.Size}}' $image) bytes"

keys=$("$CONTEXT/loggate" key test ingest,search)
secret=$(sed -n 's/^for the client[^:]*: *//p' <<<"$keys") line=$(sed -n 's/^for -keys[^:]*: *//p' <<<"$keys")
open() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port=$((20000 + RANDOM % 10000)) there=8080 # the port that the health check asks
! open $there || there=$port
# A network of its own where an ordinary user can have one; else the machine's, on its loopback.
up() {
  podman run -d --name $name "$@" --read-only --read-only-tmpfs=false --cap-drop ALL --security-opt no-new-privileges \
    -v $volume:/data -e LOGGATE_KEYS="$line" $image >/dev/null
}
if up -p "127.0.0.1:$port:8080"; then
  network="a network of its own" there=8080
else
  podman rm -f $name >/dev/null || true
  up --network host -e LOGGATE_LISTEN="127.0.0.1:$there" || skip "containers of an ordinary user do not run here: $(tail -n 1 "$log")"
  network="the machine's network" port=$there
fi
base=http://127.0.0.1:$port
ready() { for _ in $(seq 100); do ! curl -fsS -o /dev/null "$base/ready" || return 0; sleep 0.1; done; podman logs $name >&2; fail "it does not become ready"; }
ready
pass "it runs in $network"

pid=$(podman inspect -f '{{.State.Pid}}' $name)
grep -qE '^[^ ]+ / [^ ]+ ro' "/proc/$pid/mounts" || fail "its root is not read-only"
grep -q '^CapEff:	0000000000000000' "/proc/$pid/status" && grep -q '^NoNewPrivs:	1' "/proc/$pid/status" || fail "it has capabilities"
inside=$(podman top $name user | tail -n 1) outside=$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")
[ "$inside" = 65532 ] && [ "$outside" != 0 ] || fail "its user is $inside"
pass "its root is read-only, it has no capabilities, its user is $inside (outside: $outside)"

post() { printf 'level=info msg=%s\n' "$1" | curl -fsS -o /dev/null -H "Authorization: Bearer $secret" --data-binary @- "$base/v1/logs"; }
found() { curl -fsS -H "Authorization: Bearer $secret" "$base/v1/logs/search" | grep "$1" >/dev/null; } # to its end, or curl fails
post first && found first || fail "a line that was posted is not found"
[ "$(curl -sS -o /dev/null -w '%{http_code}' --data-binary x "$base/v1/logs")" = 401 ] || fail "somebody gets in without a key"
if [ "$there" = 8080 ]; then
  podman healthcheck run $name || fail "its health check says that it is ill"
  pass "its health check says that it is well"
else
  podman exec $name /loggate check "$base/health" || fail "it says that it is ill"
  pass "the program of its health check says that it is well (port 8080 was taken, so that the check itself did not run)"
fi
begun=$SECONDS
podman stop -t 20 $name >/dev/null
[ "$(podman inspect -f '{{.State.ExitCode}}' $name)" = 0 ] || fail "it does not end by itself"
podman start $name >/dev/null && ready
post second && found first && found second || fail "the volume has lost a line"
pass "it ends by SIGTERM in $((SECONDS - begun)) s with status 0, and after a restart the lines are there"
