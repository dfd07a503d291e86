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

-- When the sweep of alerts looks at a case next. Cases of before are looked at once.
ALTER TABLE requests ADD COLUMN alert_at BIGINT;
UPDATE requests SET alert_at = 0 WHERE ended_at IS NULL;
CREATE INDEX requests_alerting ON requests (alert_at, id) WHERE alert_at IS NOT NULL;

-- What somebody was alerted to, once for each thing that it is about.
CREATE TABLE alerts (
    id BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB NOT NULL REFERENCES controllers (id),
    request_id BLOB,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    told BOOLEAN NOT NULL,
    raised_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE UNIQUE INDEX alerts_of_cases ON alerts (request_id, kind, about) WHERE request_id IS NOT NULL;
CREATE UNIQUE INDEX alerts_of_controllers ON alerts (controller_id, kind, about) WHERE request_id IS NULL;

-- Who is to hear of it, and when the mail that says it was written.
CREATE TABLE alert_readers (
    alert_id BLOB NOT NULL REFERENCES alerts (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    mailed_at BIGINT,
    PRIMARY KEY (alert_id, user_id)
);
CREATE INDEX alert_readers_waiting ON alert_readers (user_id, alert_id) WHERE mailed_at IS NULL;
