DROP INDEX mails_of_instance;
DROP INDEX alert_readers_by_mail;
ALTER TABLE alert_readers DROP COLUMN mail_id;
