#!/usr/bin/env bash
# Has systemd look at the units, and at how much they let a service do. It prints lines as go test does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v systemd-analyze >/dev/null || { echo "--- SKIP: the units: they need systemd-analyze (Debian package systemd)"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
for unit in systemd/*.service; do
  file=$folder/$(basename "${unit/@./@1.}") # of a template, an instance
  sed 's|/usr/local/bin/[a-z]*|/bin/true|' "$unit" >"$file" # the programs need not be installed here
  if said=$(systemd-analyze verify --man=no "$file" 2>&1) && [ -z "$said" ] && exposure=$(systemd-analyze security --offline=true --threshold=25 "$file" 2>&1 | tail -n 1); then
    echo "--- PASS: $(basename "$unit"): ${exposure#*Overall }"
  else
    echo "--- FAIL: $(basename "$unit"): $said ${exposure:-}"
    status=1
  fi
done
exit $status
