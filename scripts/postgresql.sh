# A private PostgreSQL for one run of the tests: a fresh cluster in a temporary folder, on a free
# port of 127.0.0.1, with its ordinary durability. Sourced.

postgresql_pid=
postgresql_home=
postgresql_url=

# initdb refuses to run as root.
unprivileged() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif id postgres >/dev/null 2>&1; then
        runuser -u postgres -- "$@"
    else
        runuser -u nobody -- "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_postgresql() {
    local folder password port attempt
    folder="$(postgresql_folder)"
    # Of its own, because the user who runs it must be able to enter it.
    postgresql_home="$(cd / && unprivileged mktemp -d)"
    password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
    printf '%s\n' "$password" | unprivileged sh -c "cat >'$postgresql_home/password'"
    (cd / && unprivileged "$folder/initdb" --pgdata="$postgresql_home/data" --username=guichet \
        --auth=scram-sha-256 --pwfile="$postgresql_home/password" --encoding=UTF8 --no-locale) \
        >"$scratch/initdb.log" 2>&1 || { cat "$scratch/initdb.log" >&2 && return 1; }
    # The port may be taken between asking for it and using it.
    for attempt in 1 2 3; do
        port="$(free_port)"
        if (cd / && unprivileged "$folder/pg_ctl" start --wait --timeout=60 --silent \
            --pgdata="$postgresql_home/data" --log="$postgresql_home/log" \
            --options="-c listen_addresses=127.0.0.1 -c port=$port -c max_connections=300 \
                -c unix_socket_directories='$postgresql_home'") 2>"$scratch/pg_ctl.log"; then
            postgresql_pid="$(unprivileged head -n 1 "$postgresql_home/data/postmaster.pid")"
            postgresql_url="postgresql://guichet:$password@127.0.0.1:$port/postgres"
            return
        fi
        echo "attempt $attempt to start PostgreSQL failed" >&2
    done
    unprivileged tail -n 20 "$postgresql_home/log" >&2
    return 1
}

# A fast shutdown by its process id; what does not end within 20 seconds is told to end at once.
stop_postgresql() {
    local waited
    if [ -n "$postgresql_pid" ]; then
        unprivileged kill -INT "$postgresql_pid" 2>/dev/null || true
        for waited in $(seq 1 200); do
            unprivileged kill -0 "$postgresql_pid" 2>/dev/null || break
            [ "$waited" -ne 200 ] || unprivileged kill -QUIT "$postgresql_pid" 2>/dev/null || true
            sleep 0.1
        done
        postgresql_pid=
    fi
    if [ -n "$postgresql_home" ]; then
        unprivileged rm -rf "$postgresql_home"
    fi
}
