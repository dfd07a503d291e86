# A private mail server for one run of the tests: exim as an ordinary process on free ports of
# 127.0.0.1, with a certificate made for the run, which puts every mail into a folder. Sourced,
# after scripts/postgresql.sh: `free_port` and `unprivileged` are there.
#
# It takes mail for everybody, but for a local part whose name stands as a file in its folder
# `busy` (4xx), and for the domain refused.example (5xx). What is for late.example it takes, and
# returns to its sender.

smtp_pid=
smtp_home=
smtp_url=

# One port offers STARTTLS, one begins with TLS, and one has neither.
smtp_settings() {
    cat <<EOF
exim_path = $1
exim_user = $(unprivileged id -un)
exim_group = $(unprivileged id -gn)
primary_hostname = localhost
spool_directory = $smtp_home/spool
log_file_path = $smtp_home/log-%slog
pid_file_path = $smtp_home/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $2 : $3 : $4
tls_on_connect_ports = $3
tls_advertise_hosts = \${if eq{\$received_port}{$4}{}{*}}
tls_certificate = $smtp_home/certificate.pem
tls_privatekey = $smtp_home/key.pem
acl_smtp_rcpt = recipient
smtputf8_advertise_hosts = *
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
deliver_drop_privilege = true
smtp_accept_max = 100
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
begin acl
recipient:
  deny domains = refused.example
       message = no such user here
  defer local_parts = dsearch;$smtp_home/busy
        message = come again
  accept
begin routers
late:
  driver = redirect
  domains = late.example
  allow_fail
  data = :fail: this mailbox is gone
everybody:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = $smtp_home/mail
  maildir_format
  envelope_to_add
  return_path_add
EOF
}

start_smtp() {
    local program starttls implicit plain attempt waited
    # Of its own, because the user who runs it must be able to enter it.
    smtp_home="$(cd / && unprivileged mktemp -d)"
    # A copy loses the set-user-id bit: without it the program runs under any user, as that user.
    program="$smtp_home/exim4"
    unprivileged cp "$(smtp_program)" "$program"
    (cd / && unprivileged mkdir "$smtp_home/spool" "$smtp_home/mail" "$smtp_home/busy" &&
        unprivileged openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -keyout "$smtp_home/key.pem" -out "$smtp_home/certificate.pem" -days 2 \
            -subj /CN=localhost -addext subjectAltName=DNS:localhost \
            -addext basicConstraints=critical,CA:FALSE) >"$scratch/openssl.log" 2>&1 ||
        { cat "$scratch/openssl.log" >&2 && return 1; }
    # A port may be taken between asking for it and using it.
    for attempt in 1 2 3; do
        starttls="$(free_port)" implicit="$(free_port)" plain="$(free_port)"
        smtp_settings "$program" "$starttls" "$implicit" "$plain" |
            unprivileged sh -c "cat >'$smtp_home/settings'"
        (cd / && unprivileged "$program" -C "$smtp_home/settings" -bd) 2>"$scratch/smtp.log" ||
            continue
        for waited in $(seq 1 100); do
            [ ! -s "$smtp_home/pid" ] || break
            sleep 0.1
        done
        if [ -s "$smtp_home/pid" ]; then
            smtp_pid="$(unprivileged cat "$smtp_home/pid")"
            smtp_url="smtp://localhost:$starttls?implicit=$implicit&plain=$plain&home=$smtp_home"
            return
        fi
        echo "attempt $attempt to start the mail server failed" >&2
    done
    cat "$scratch/smtp.log" >&2
    return 1
}

stop_smtp() {
    local waited
    if [ -n "$smtp_pid" ]; then
        unprivileged kill "$smtp_pid" 2>/dev/null || true
        for waited in $(seq 1 100); do
            unprivileged kill -0 "$smtp_pid" 2>/dev/null || break
            sleep 0.1
        done
        smtp_pid=
    fi
    if [ -n "$smtp_home" ]; then
        # Somebody whom it was delivering to may be writing still.
        unprivileged rm -rf "$smtp_home" 2>/dev/null || { sleep 1 && unprivileged rm -rf "$smtp_home"; }
        smtp_home=
    fi
}
