#!/usr/bin/env bash
# Every page of a fresh demo in chromium: accessibility, keyboard, no script, no other origin.
#
#     scripts/browser.sh [--full] [--only WORDS]
#
# Takes about two minutes; with --full, every combination, about a quarter of an hour.
# Exit 0: all of it holds; 1: what does not stands above; 2: a tool is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CHROMIUM="${CHROMIUM:-$(command -v chromium || true)}"
export GUICHET="${GUICHET:-target/debug/guichet}"
for tool in "${CHROMIUM:-chromium}" node npm; do
    command -v "$tool" >/dev/null || { echo "browser: $tool is missing" >&2; exit 2; }
done
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; then
    echo "browser: Node.js $(node --version) is too old: 20 or newer is needed" >&2
    exit 2
fi
[ -x "$GUICHET" ] || cargo build --locked --quiet

# Exactly the packages of the lock file; again when it changes. No browser is fetched.
folder=tests/browser
if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.locked"; then
    if ! timeout 5m npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >&2; then
        echo "browser: the packages of $folder/package-lock.json cannot be installed" >&2
        exit 2
    fi
    cp "$folder/package-lock.json" "$folder/node_modules/.locked"
fi
exec node "$folder/main.mjs" "$@"
