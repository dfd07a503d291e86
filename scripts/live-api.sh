#!/usr/bin/env bash
# Serves a fresh instance from the built program and lets schemathesis call every operation of its
# own description, with and against the rules: as the staff of an organisation, then as the operator.
#
#     scripts/live-api.sh [SCHEMATHESIS]
#
# Takes at most three minutes. Exit 0: no failure; anything else: what failed stands above.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

schemathesis="$(command -v "${1:-schemathesis}" || true)"
guichet="${GUICHET:-target/debug/guichet}"
fuzzing_seconds=70
stateful_seconds=45
operator_seconds=30

[ -x "$guichet" ] || cargo build --locked --quiet
[ -n "$schemathesis" ] || { echo "live-api: $schemathesis is missing" >&2; exit 2; }

scratch="$(mktemp -d)"
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
url="http://127.0.0.1:$port"
cat > "$scratch/guichet.toml" <<END
data_dir = "$scratch/data"
listen = "127.0.0.1:$port"
log = "warn"
END
unset GUICHET_DATABASE_URL GUICHET_MASTER_KEY
export GUICHET_CONFIG="$scratch/guichet.toml"
# Where the generator of schemathesis keeps what it knows of its own code.
export HYPOTHESIS_STORAGE_DIRECTORY="$scratch/hypothesis"

# field NAME: the first value of that name in the JSON that comes in.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# call METHOD PATH BODY [TOKEN]: the body of an answer that must be 2xx.
call() {
    curl --silent --show-error --fail-with-body --request "$1" "$url$2" \
        --header 'Content-Type: application/json' --data "$3" \
        ${4:+--header "Authorization: Bearer $4"}
}

# token EMAIL ONE_TIME_PASSWORD: chooses another password and signs in with it.
token() {
    local own="seven brave otters swim north" first
    first="$(call POST /api/v1/tokens "{\"email\":\"$1\",\"password\":\"$2\"}" | field access_token)"
    call PUT /api/v1/me/password "{\"current_password\":\"$2\",\"new_password\":\"$own\"}" "$first"
    call POST /api/v1/tokens "{\"email\":\"$1\",\"password\":\"$own\"}" | field access_token
}

operator_password="$("$guichet" setup --email operator@example.org)"
"$guichet" controller add --slug maison-exemple --name "Maison Exemple SAS" --country FR \
    --address "1 rue de l'Exemple, 75002 Paris" --contact dpo@maison.example >/dev/null
add() {
    "$guichet" user add --email claire@maison.example --name "Claire Martin" --role "$1" \
        --controller maison-exemple
}
staff_password="$(add dpo)"
for role in admin handler data_owner; do add "$role" >/dev/null; done

"$guichet" serve 2>"$scratch/log" &
server=$!
for _ in $(seq 100); do
    curl --silent --fail "$url/readyz" >/dev/null && break
    kill -0 "$server" || { cat "$scratch/log" >&2; exit 1; }
    sleep 0.1
done

operator="$(token operator@example.org "$operator_password")"
staff="$(token claire@maison.example "$staff_password")"
me="$(curl --silent --fail "$url/api/v1/me" --header "Authorization: Bearer $staff")"
user_id="$(field id <<<"$me")"
controller_id="$(field controller_id <<<"$me")"
request="$(call POST /api/v1/requests "{\"controller_id\":\"$controller_id\",\"channel\":\"phone\",
    \"rights\":[\"access\"],\"subject\":{\"names\":[\"Zoé Martin\"]}}" "$staff")"
request_id="$(sed -n 's/.*"id":"\([^"]*\)","identity".*/\1/p' <<<"$request")"
letter_id="$(call POST "/api/v1/requests/$request_id/letters" '{"letter":"ACK"}' "$staff" | field id)"

# The examples of the description are about what stands in this instance. Responses stand where they
# are used: schemathesis writes the links that it infers into them, and a shared one would get the
# links of every operation.
curl --silent --fail "$url/api/v1/openapi.yaml" | "$(dirname "$schemathesis")/python" -c '
import sys, yaml
document = yaml.safe_load(sys.stdin)
for path in document["paths"].values():
    for method, operation in path.items():
        for status, response in (operation["responses"].items() if method != "parameters" else ()):
            if "$ref" in response:
                name = response["$ref"].removeprefix("#/components/responses/")
                operation["responses"][status] = document["components"]["responses"][name]
class Whole(yaml.SafeDumper):
    ignore_aliases = lambda *_: True
yaml.dump(document, sys.stdout, Dumper=Whole, allow_unicode=True)
' | sed \
    -e "s/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a11/$user_id/g" \
    -e "s/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a12/$controller_id/g" \
    -e "s/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13/$request_id/g" \
    -e "s/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a21/$letter_id/g" >"$scratch/openapi.yaml"

# examine TOKEN SECONDS PHASES OPTION…
examine() {
    local token="$1" seconds="$2" phases="$3"
    shift 3
    timeout --kill-after=10s "$((seconds + 15))s" "$schemathesis" \
        --config-file schemathesis.toml run "$scratch/openapi.yaml" --url "$url" \
        --header "Authorization: Bearer $token" --max-time "$seconds" \
        --checks all --phases "$phases" --no-color "$@"
}

failed=0
# Staff first, and without taking roles away: an operator may shut their account, and they may shut
# themselves out, and nothing would be tried after that.
examine "$staff" "$fuzzing_seconds" examples,coverage,fuzzing --exclude-operation-id removeMember ||
    failed=1
examine "$staff" "$stateful_seconds" stateful --exclude-operation-id removeMember || failed=1
logged="$(curl --silent "$url/api/v1/requests?status=all&limit=1" \
    --header "Authorization: Bearer $staff" | sed -n 's/.*"count":\([0-9]*\).*/\1/p')"
# One was logged above; the examples and what is generated must have added to it.
if [ "${logged:-0}" -lt 2 ]; then
    echo "live-api: no request was logged: the staff was not let in" >&2
    failed=1
fi
# A controller that an operator has just made has no data map, no identity provider and no system, nor
# was a map compared: 404 is the true answer there, and would count as a thing that got lost. The
# staff's calls try all of them.
examine "$operator" "$operator_seconds" examples,coverage,fuzzing,stateful \
    --include-tag controllers --include-tag users --include-tag instance \
    --exclude-operation-id getDataMap --exclude-operation-id getLiveCheck \
    --exclude-checks ensure_resource_availability || failed=1
if ! curl --silent --fail "$url/readyz" >/dev/null; then
    echo "live-api: the server does not answer any more" >&2
    failed=1
fi
# actix logs a header that cannot be parsed as an error; it answers 400.
if grep -F '"ERROR"' "$scratch/log" | grep -vF 'actix_http::h1::dispatcher'; then
    echo "live-api: the server logged errors" >&2
    failed=1
fi
exit "$failed"
