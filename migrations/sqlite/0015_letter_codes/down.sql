DROP INDEX requests_by_level;
DROP INDEX requests_extended;
DROP INDEX requests_awaiting;
ALTER TABLE requests DROP COLUMN extended;
ALTER TABLE requests DROP COLUMN awaits_person;
DROP TABLE letter_codes;
