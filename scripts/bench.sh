#!/usr/bin/env bash
# Measures, on a release build and against a private PostgreSQL, what README has figures for.
#
#     scripts/bench.sh [start|intake|collect|queue|sweep|code|download]…      all of them, or those named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch="$(mktemp -d)"
. scripts/tools.sh
. scripts/postgresql.sh
trap 'stop_postgresql; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

unset TEST_DATABASE_URL GUICHET_CONFIG GUICHET_DATABASE_URL GUICHET_MASTER_KEY
start_postgresql
export BENCH_DATABASE_URL="$postgresql_url" PATH="$PATH:$(postgresql_folder)"
RUST_BACKTRACE=0 cargo bench --locked --quiet --bench server -- "$@"
