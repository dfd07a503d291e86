ALTER TABLE controllers DROP COLUMN least_level;
