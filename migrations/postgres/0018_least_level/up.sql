-- The level below which no answer of a controller leaves: that of the policy, or a stricter one.
ALTER TABLE controllers ADD COLUMN least_level TEXT NOT NULL DEFAULT 'v1';
