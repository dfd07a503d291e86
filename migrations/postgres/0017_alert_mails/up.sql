-- The mail by which somebody was told of an alert: one that is still to go is written anew with what came
-- since, and one that did not arrive says whom it missed. The mail is deleted before the alert.
ALTER TABLE alert_readers ADD COLUMN mail_id BYTEA;
CREATE INDEX alert_readers_by_mail ON alert_readers (mail_id) WHERE mail_id IS NOT NULL;

-- The mails of the instance itself are few: each is deleted a month after it ended.
CREATE INDEX mails_of_instance ON mails (state, ended_at) WHERE controller_id IS NULL;
