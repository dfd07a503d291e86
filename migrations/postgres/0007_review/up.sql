-- What a person withholds from the answer of a case, and what was proposed and declined. Where it
-- stands in a table, by key and passage, is sealed under the key of the case.
CREATE TABLE withholdings (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    system TEXT NOT NULL,
    source_table TEXT NOT NULL,
    column_name TEXT,
    extent TEXT NOT NULL,
    exemption TEXT NOT NULL,
    state TEXT NOT NULL,
    sealed_spot BYTEA,
    created_by BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ended_by BYTEA REFERENCES users (id),
    ended_at BIGINT,
    matched_search_id BYTEA,
    matched_rows BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX withholdings_by_request ON withholdings (request_id, created_at);

-- Whether a package was released with data that the map calls special: then V2 is asked for at
-- every download. And how it reached the person on paper.
ALTER TABLE packages ADD COLUMN special BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE packages ADD COLUMN delivery TEXT;
ALTER TABLE packages ADD COLUMN delivered_at BIGINT;
CREATE INDEX packages_handed_out ON packages (released_at) WHERE state = 'released';

-- When the person behind a session last gave the password.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;

-- Whether who prepared an answer may not release it.
ALTER TABLE controllers ADD COLUMN four_eyes BOOLEAN NOT NULL DEFAULT FALSE;
