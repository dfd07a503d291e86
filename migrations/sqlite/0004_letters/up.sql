-- The texts of letters that a controller has changed: every version is kept, and one without a text
-- stands for the standard text again.
CREATE TABLE letter_texts (
    controller_id BLOB NOT NULL REFERENCES controllers (id),
    letter TEXT NOT NULL,
    language TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, letter, language, version)
);

-- The letters of a case: drafts, and what was sent, sealed under the key of the case.
CREATE TABLE letters (
    id BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB NOT NULL,
    request_id BLOB NOT NULL,
    letter TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    text_version BIGINT NOT NULL,
    sealed_text BLOB,
    sha256 BLOB,
    delivery TEXT,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    sent_by BLOB REFERENCES users (id),
    sent_at BIGINT,
    printed_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX letters_by_request ON letters (request_id, created_at);
