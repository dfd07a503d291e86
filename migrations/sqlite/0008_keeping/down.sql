DROP TABLE breach_notices;
DROP TABLE breaches;
DROP TABLE retention_settings;
DROP INDEX packages_by_release;
DROP INDEX requests_by_end;
ALTER TABLE requests DROP COLUMN held_at;
