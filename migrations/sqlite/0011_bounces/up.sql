-- What a mail that comes back names.
CREATE UNIQUE INDEX mails_by_message ON mails (message_id);

-- Whether a visit was opened by what proves more than a voice on the telephone.
ALTER TABLE portal_sessions ADD COLUMN is_proved BOOLEAN NOT NULL DEFAULT TRUE;
