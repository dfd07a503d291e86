-- Ids are UUIDv7 in 16 bytes; instants are microseconds since 1970 in UTC; dates are civil dates in
-- the controller's time zone. Columns named sealed_* or wrapped_* hold ciphertext of the vault.
-- Every child of a controller carries controller_id in its foreign keys, so that the database
-- itself refuses a child of another controller.

CREATE TABLE instance (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    instance_id BYTEA NOT NULL,
    key_check BYTEA NOT NULL,
    folder_mark BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE controllers (
    id BYTEA NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    country TEXT NOT NULL,
    contact TEXT NOT NULL,
    authority TEXT NOT NULL,
    language TEXT NOT NULL,
    regime TEXT NOT NULL,
    calendar TEXT NOT NULL,
    roll_over BOOLEAN NOT NULL,
    time_zone TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE calendar_days (
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    day DATE NOT NULL,
    change TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (controller_id, day)
);

CREATE TABLE users (
    id BYTEA NOT NULL PRIMARY KEY,
    email_index BYTEA NOT NULL UNIQUE,
    sealed_profile BYTEA NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    is_operator BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    language TEXT NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    user_id BYTEA NOT NULL REFERENCES users (id),
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, controller_id, role)
);
CREATE INDEX memberships_by_controller ON memberships (controller_id, role);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_keys (
    id BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    key_hash BYTEA NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_user ON api_keys (user_id);

CREATE TABLE requests (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    reference TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    level TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    received_on DATE NOT NULL,
    target_on DATE,
    legal_on DATE,
    conservative_on DATE NOT NULL,
    due_on DATE NOT NULL,
    queue_rank INTEGER NOT NULL,
    urgent_until BIGINT,
    paused BOOLEAN NOT NULL,
    acknowledged_at BIGINT,
    assignee_id BYTEA REFERENCES users (id),
    ended_at BIGINT,
    wrapped_key BYTEA,
    sealed_subject BYTEA,
    receipt_hash BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (controller_id, id)
);
CREATE INDEX requests_open ON requests (controller_id, queue_rank, due_on, id) WHERE ended_at IS NULL;
CREATE INDEX requests_by_due ON requests (controller_id, status, queue_rank, due_on, id);
CREATE INDEX requests_by_receipt ON requests (controller_id, received_at, id);

CREATE TABLE request_rights (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    exercised TEXT NOT NULL,
    decision TEXT NOT NULL,
    target_on DATE,
    legal_on DATE,
    due_on DATE NOT NULL,
    PRIMARY KEY (request_id, exercised),
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);

CREATE TABLE search_terms (
    controller_id BYTEA NOT NULL,
    term BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    PRIMARY KEY (controller_id, term, request_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX search_terms_by_request ON search_terms (request_id);

CREATE TABLE events (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA REFERENCES controllers (id),
    request_id BYTEA,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    sealed_detail BYTEA,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id),
    UNIQUE (request_id, version)
);

CREATE TABLE jobs (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA,
    request_id BYTEA,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    fence BIGINT NOT NULL,
    leased_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX jobs_waiting ON jobs (run_at, id) WHERE state = 'available';
CREATE INDEX jobs_running ON jobs (leased_until) WHERE state = 'running';
CREATE INDEX jobs_by_request ON jobs (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE tasks (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    request_id BYTEA,
    kind TEXT NOT NULL,
    system TEXT,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    done_by TEXT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX tasks_open ON tasks (controller_id, created_at, id) WHERE done_at IS NULL;
CREATE INDEX tasks_by_request ON tasks (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE idempotency_keys (
    user_id BYTEA NOT NULL REFERENCES users (id),
    key_hash BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    sealed_answer BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE data_maps (
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    version BIGINT NOT NULL,
    sealed_map BYTEA NOT NULL,
    created_by BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, version)
);

CREATE TABLE systems (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    name TEXT NOT NULL,
    connector TEXT NOT NULL,
    sealed_connection BYTEA NOT NULL,
    test_state TEXT NOT NULL,
    test_detail TEXT,
    tested_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (controller_id, name)
);

CREATE TABLE files (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    sealed_name BYTEA,
    size_bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id),
    UNIQUE (controller_id, request_id, id)
);

CREATE TABLE searches (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    scope TEXT NOT NULL,
    map_version BIGINT NOT NULL,
    started_by BYTEA NOT NULL REFERENCES users (id),
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id),
    UNIQUE (controller_id, request_id, id)
);
CREATE INDEX searches_by_request ON searches (request_id, started_at);

CREATE TABLE search_systems (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    search_id BYTEA NOT NULL,
    system TEXT NOT NULL,
    connector TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    row_count BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (search_id, system),
    FOREIGN KEY (controller_id, request_id, search_id) REFERENCES searches (controller_id, request_id, id)
);

CREATE TABLE search_files (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    search_id BYTEA NOT NULL,
    file_id BYTEA NOT NULL,
    system TEXT NOT NULL,
    source_table TEXT,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (search_id, file_id),
    FOREIGN KEY (controller_id, request_id, search_id) REFERENCES searches (controller_id, request_id, id),
    FOREIGN KEY (controller_id, request_id, file_id) REFERENCES files (controller_id, request_id, id)
);

CREATE TABLE packages (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    search_id BYTEA NOT NULL,
    exercised TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    complete BOOLEAN NOT NULL,
    sealed_reason BYTEA,
    file_id BYTEA,
    manifest TEXT,
    created_by BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    built_at BIGINT,
    released_by BYTEA REFERENCES users (id),
    released_at BIGINT,
    FOREIGN KEY (controller_id, request_id, search_id) REFERENCES searches (controller_id, request_id, id),
    FOREIGN KEY (controller_id, request_id, file_id) REFERENCES files (controller_id, request_id, id),
    UNIQUE (controller_id, request_id, id)
);
CREATE INDEX packages_by_request ON packages (request_id, created_at);
