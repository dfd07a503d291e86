DROP TABLE alert_readers;
DROP TABLE alerts;
DROP INDEX requests_alerting;
ALTER TABLE requests DROP COLUMN alert_at;
DROP TABLE mails;
ALTER TABLE controllers DROP COLUMN mail_name;
ALTER TABLE controllers DROP COLUMN mail_reply_to;
ALTER TABLE controllers DROP COLUMN mail_from;
