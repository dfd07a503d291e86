-- What goes out by mail, and how each controller signs it. The address, the subject and the text of
-- a mail stand in sealed_message alone.
ALTER TABLE controllers ADD COLUMN mail_from TEXT;
ALTER TABLE controllers ADD COLUMN mail_reply_to TEXT;
ALTER TABLE controllers ADD COLUMN mail_name TEXT;

CREATE TABLE mails (
    id BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB REFERENCES controllers (id),
    request_id BLOB,
    purpose TEXT NOT NULL,
    sealed_message BLOB NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    run_after BIGINT NOT NULL,
    useful_until BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    ended_at BIGINT,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX mails_waiting ON mails (run_after) WHERE state = 'waiting';
CREATE INDEX mails_by_request ON mails (request_id) WHERE request_id IS NOT NULL;
