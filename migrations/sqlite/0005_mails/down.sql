DROP TABLE mails;
ALTER TABLE controllers DROP COLUMN mail_name;
ALTER TABLE controllers DROP COLUMN mail_reply_to;
ALTER TABLE controllers DROP COLUMN mail_from;
