ALTER TABLE portal_sessions DROP COLUMN is_proved;
DROP INDEX mails_by_message;
