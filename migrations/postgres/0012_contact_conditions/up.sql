-- Why an address on file is written to no more, in every case of the controller: by a keyed hash of
-- the address, and nothing else of it. It outlives the case in which it was said.
CREATE TABLE contact_conditions (
    controller_id BYTEA NOT NULL REFERENCES controllers (id),
    address_index BYTEA NOT NULL,
    condition TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, address_index)
);

-- The same keyed hash of the address that was looked up for a case.
ALTER TABLE contacts ADD COLUMN address_index BYTEA;
CREATE INDEX contacts_by_address ON contacts (controller_id, address_index);
