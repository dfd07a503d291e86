ALTER TABLE portal_sessions DROP COLUMN sealed_sign_in;
DROP TABLE identity_providers;
