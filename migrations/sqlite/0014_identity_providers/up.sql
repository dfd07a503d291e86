-- The OpenID provider of a controller, whose settings hold the secret of the client and are sealed as
-- a whole; what it says of itself, as the last test that succeeded found it.
CREATE TABLE identity_providers (
    controller_id BLOB NOT NULL PRIMARY KEY REFERENCES controllers (id),
    sealed_settings BLOB NOT NULL,
    discovered TEXT,
    test_state TEXT NOT NULL,
    test_detail TEXT,
    tested_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A sign-in at the provider that a visit to the portal has begun, under the key of the case. It ends
-- with the visit.
ALTER TABLE portal_sessions ADD COLUMN sealed_sign_in BLOB;
