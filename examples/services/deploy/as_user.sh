#!/usr/bin/env bash
# Runs a command as an ordinary user for containers without root. As root it makes a user for that time, with a copy of this folder and of the
# image's; else it just runs it.
#   as_user.sh CONTEXT COMMAND...    COMMAND is one of this folder; for it $CONTEXT is where the image's files are, and $EXTRA the folder that
#                                    this variable names here, if any
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
context=$(cd "$1" && pwd)
shift
if ((EUID != 0)); then exec env CONTEXT="$context" "$@"; fi

user=sawlog-image-test home=$(mktemp -d)
useradd --home-dir "$home" --shell /bin/bash $user # with subordinate numbers, as Debian does
trap 'pkill -KILL -u $user || true; sleep 0.3; userdel $user 2>/dev/null || true; rm -rf "$home"' EXIT
cp -r . "$home/deploy" && cp -r "$context" "$home/image"
[ -z "${EXTRA:-}" ] || cp -r "$EXTRA" "$home/extra"
chown -R $user: "$home" && chmod 700 "$home"
# Debian's default, crun, does not run where control groups are of both kinds.
mkdir -p "$home/.config/containers" "$home/run"
printf '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n' >"$home/.config/containers/containers.conf"
chown -R $user: "$home" && chmod 700 "$home/run"
cd "$home/deploy"
setpriv --reuid=$user --regid=$user --init-groups --inh-caps=-all \
  env -i HOME="$home" PATH="$PATH" TMPDIR="$home" XDG_RUNTIME_DIR="$home/run" STORAGE_DRIVER=vfs CONTEXT="$home/image" EXTRA="$home/extra" "$@"
