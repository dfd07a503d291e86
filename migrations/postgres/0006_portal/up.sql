-- What a person who opened a case in the portal carries: the hash of a cookie, for one case.
CREATE TABLE portal_sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX portal_sessions_by_request ON portal_sessions (request_id);

-- Who is on file for the person of a case, as the connected systems say.
CREATE TABLE contacts (
    request_id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    sealed_email BYTEA,
    changed_at BIGINT,
    looked_up_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);

-- A code that somebody in the portal asked for: sent to the contact on file, and typed back in the
-- very session that asked. Guesses are counted before anything is compared.
CREATE TABLE codes (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    session_hash BYTEA NOT NULL,
    state TEXT NOT NULL,
    code_hash BYTEA,
    guesses INTEGER NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX codes_by_request ON codes (request_id, asked_at);

-- When a code went to an address, by a keyed hash of it, over all controllers.
CREATE TABLE code_sendings (
    code_id BYTEA NOT NULL PRIMARY KEY REFERENCES codes (id),
    address_index BYTEA NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX code_sendings_by_address ON code_sendings (address_index, sent_at);
