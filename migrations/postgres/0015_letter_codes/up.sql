-- A code that goes by letter to the postal address on file, and is typed in any visit to its case.
-- A row without code_hash stands for a letter that was never written: guesses are counted all the
-- same.
CREATE TABLE letter_codes (
    id BYTEA NOT NULL PRIMARY KEY,
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    state TEXT NOT NULL,
    code_hash BYTEA,
    guesses INTEGER NOT NULL,
    address_index BYTEA,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX letter_codes_by_request ON letter_codes (request_id, made_at);
CREATE INDEX letter_codes_by_address ON letter_codes (address_index, made_at);

-- Whom a request waits for, and whether it was extended: views of the queue, each along an index.
ALTER TABLE requests ADD COLUMN awaits_person BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE requests ADD COLUMN extended BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE requests SET awaits_person = TRUE WHERE status IN ('received', 'in_progress', 'in_review') AND (
    paused
    OR EXISTS (
        SELECT 1 FROM events AS asked
        WHERE asked.request_id = requests.id AND asked.kind = 'RequestPaused'
            AND NOT EXISTS (
                SELECT 1 FROM events AS told
                WHERE told.request_id = requests.id AND told.kind = 'RequestResumed'
                    AND told.version > asked.version
                    AND ((asked.detail LIKE '%"ground":"identity"%' AND told.detail LIKE '%"ground":"identity"%')
                        OR (asked.detail LIKE '%"ground":"clarification"%' AND told.detail LIKE '%"ground":"clarification"%')
                        OR (asked.detail LIKE '%"ground":"fee"%' AND told.detail LIKE '%"ground":"fee"%'))
            )
    )
);
UPDATE requests SET extended = TRUE WHERE EXISTS (
    SELECT 1 FROM events
    WHERE events.request_id = requests.id AND events.kind = 'RequestExtended'
        AND events.detail LIKE '%"late":false%'
);
CREATE INDEX requests_awaiting ON requests (controller_id, awaits_person, queue_rank, due_on, id) WHERE ended_at IS NULL;
CREATE INDEX requests_extended ON requests (controller_id, extended, queue_rank, due_on, id) WHERE ended_at IS NULL;
CREATE INDEX requests_by_level ON requests (controller_id, level, queue_rank, due_on, id) WHERE ended_at IS NULL;
