-- A document that shows who somebody is, kept until the decision and for 72 hours at most. Its file
-- stands in the sealed folder, under the key that is wrapped here; without it the file is nothing.
-- content_index is a keyed hash of the file, so that the same one is noticed when it is handed in for
-- somebody else; it goes with the key of the case.
CREATE TABLE identity_documents (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    wrapped_key BYTEA,
    content_index BYTEA,
    received_at BIGINT NOT NULL,
    delete_by BIGINT NOT NULL,
    removed_at BIGINT,
    removal TEXT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX identity_documents_by_request ON identity_documents (request_id, received_at);
CREATE INDEX identity_documents_by_content ON identity_documents (controller_id, content_index);
CREATE INDEX identity_documents_kept ON identity_documents (delete_by) WHERE removed_at IS NULL;
