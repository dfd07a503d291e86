# Finds the tools that ./check needs beside Rust, and installs them where it may. Sourced.

# The programs, each with the Debian package that brings it.
needed="initdb:postgresql exim4:exim4-daemon-light openssl:openssl unzip:unzip sha256sum:coreutils
    python3:python3 curl:curl chromium:chromium node:nodejs npm:npm"

# The folder of the newest PostgreSQL server; Debian does not put it on the PATH.
postgresql_folder() {
    if command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    else
        ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
    fi
}

# Debian does not put the mail server on everybody's PATH.
smtp_program() {
    PATH="$PATH:/usr/sbin" command -v exim4
}

has() {
    case "$1" in
        initdb) [ -x "$(postgresql_folder)/initdb" ] ;;
        exim4) smtp_program >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing_packages() {
    local pair
    for pair in $needed; do
        has "${pair%%:*}" || printf '%s ' "${pair##*:}"
    done
    python3 -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
}

tools() {
    local missing as_root
    if ! command -v cargo >/dev/null; then
        echo "check: cargo is missing: install Rust 1.95 or newer" >&2
        exit 2
    fi
    missing="$(missing_packages)"
    if [ -n "$missing" ]; then
        as_root="sudo -n"
        [ "$(id -u)" -ne 0 ] || as_root="env"
        echo "installing: $missing"
        # Whether it worked is asked of the tools themselves.
        {
            $as_root apt-get update -qq &&
                $as_root env DEBIAN_FRONTEND=noninteractive \
                    apt-get install -qq -y --no-install-recommends $missing
        } >"$scratch/apt.log" 2>&1 || true
        missing="$(missing_packages)"
        if [ -n "$missing" ]; then
            tail -n 5 "$scratch/apt.log" >&2
            echo "check: missing and not to be installed from here: $missing" >&2
            exit 2
        fi
    fi
    python_packages
}

# A virtual environment with exactly the packages of scripts/requirements.txt; made anew when the
# list changes.
python_packages() {
    if cmp -s scripts/requirements.txt "$venv/requirements.txt"; then
        return
    fi
    rm -rf "$venv"
    if ! { python3 -m venv "$venv" &&
        timeout 10m "$venv/bin/pip" install --quiet --disable-pip-version-check \
            --require-hashes -r scripts/requirements.txt; }; then
        echo "check: the Python packages of scripts/requirements.txt cannot be installed" >&2
        exit 2
    fi
    cp scripts/requirements.txt "$venv/requirements.txt"
}
