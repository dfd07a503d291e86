-- Since when a DPO holds a case back from destruction; nothing while nobody does.
ALTER TABLE requests ADD COLUMN held_at BIGINT;
CREATE INDEX requests_by_end ON requests (controller_id, ended_at, id) WHERE wrapped_key IS NOT NULL;
CREATE INDEX packages_by_release ON packages (controller_id, released_at, id) WHERE file_id IS NOT NULL;

-- How long a controller keeps what. Every version is kept; without a row the defaults hold.
CREATE TABLE retention_settings (
    controller_id BLOB NOT NULL REFERENCES controllers (id),
    version BIGINT NOT NULL,
    case_months INTEGER NOT NULL,
    working_copy_days INTEGER NOT NULL,
    package_days INTEGER NOT NULL,
    justification TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, version)
);

-- Breaches of personal data: the register of each controller. What people write stands in
-- sealed_record alone, under the key of the controller: the register outlives its cases.
CREATE TABLE breaches (
    id BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB NOT NULL REFERENCES controllers (id),
    request_id BLOB,
    event_version BIGINT,
    kind TEXT NOT NULL,
    risk TEXT NOT NULL,
    aware_at BIGINT NOT NULL,
    limit_at BIGINT,
    decision TEXT NOT NULL,
    notified_at BIGINT,
    informed_at BIGINT,
    closed_at BIGINT,
    sealed_record BLOB NOT NULL,
    version BIGINT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    FOREIGN KEY (controller_id, request_id) REFERENCES requests (controller_id, id)
);
CREATE INDEX breaches_by_controller ON breaches (controller_id, aware_at, id);
CREATE INDEX breaches_by_request ON breaches (request_id) WHERE request_id IS NOT NULL;

-- What was told to the authority, in phases (GDPR Art. 33(4)); sealed as the record.
CREATE TABLE breach_notices (
    breach_id BLOB NOT NULL REFERENCES breaches (id),
    number BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    sealed_notice BLOB NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (breach_id, number)
);
