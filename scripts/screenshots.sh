#!/usr/bin/env bash
# Takes the pictures of README from a fresh demo, into docs/screenshots.
#
#     scripts/screenshots.sh
#
# Exit 0: done; 1: a picture failed or is too large; 2: a tool is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=docs/screenshots
largest=$((100 * 1024))
export CHROMIUM="${CHROMIUM:-$(command -v chromium || true)}"
export GUICHET="${GUICHET:-target/debug/guichet}"
for tool in "${CHROMIUM:-chromium}" node npm; do
    command -v "$tool" >/dev/null || { echo "screenshots: $tool is missing" >&2; exit 2; }
done
[ -x "$GUICHET" ] || cargo build --locked --quiet
[ -d tests/browser/node_modules ] ||
    npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error >&2

node tests/browser/screenshots.mjs "$folder"
failed=0
for picture in "$folder"/*.png; do
    size="$(stat -c %s "$picture")"
    echo "$picture: $((size / 1024)) kB"
    if [ "$size" -gt "$largest" ]; then
        echo "screenshots: $picture is larger than $((largest / 1024)) kB" >&2
        failed=1
    fi
done
exit "$failed"
