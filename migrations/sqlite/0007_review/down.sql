ALTER TABLE controllers DROP COLUMN four_eyes;
ALTER TABLE sessions DROP COLUMN proved_at;
DROP INDEX packages_handed_out;
ALTER TABLE packages DROP COLUMN delivered_at;
ALTER TABLE packages DROP COLUMN delivery;
ALTER TABLE packages DROP COLUMN special;
DROP TABLE withholdings;
