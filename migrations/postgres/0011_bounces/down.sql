DROP INDEX mails_by_message;
