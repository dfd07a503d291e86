-- What a mail that comes back names.
CREATE UNIQUE INDEX mails_by_message ON mails (message_id);
