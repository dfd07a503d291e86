-- What a person who opened a case in the portal carries: the hash of a cookie, for one case.
CREATE TABLE portal_sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB NOT NULL,
    request_id BLOB NOT NULL,
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX portal_sessions_by_request ON portal_sessions (request_id);
