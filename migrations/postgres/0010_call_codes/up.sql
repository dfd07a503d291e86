-- The code that somebody was told on the telephone, one for each case: it opens the case in the
-- portal, and is heard again when the number on file is called. Guesses are counted before anything
-- is compared.
CREATE TABLE call_codes (
    request_id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    code_hash BYTEA NOT NULL,
    guesses INTEGER NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
