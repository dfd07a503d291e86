-- The proof over the events (RFC 6962): a tree for each controller, which has its id, and one for
-- what belongs to no controller, which has the id of the instance. No foreign key leads to the
-- events: one that is gone must be found by the verification, not kept from it.

CREATE TABLE audit_trees (
    id BLOB NOT NULL PRIMARY KEY,
    controller_id BLOB UNIQUE REFERENCES controllers (id),
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    edge BLOB NOT NULL,
    fence BIGINT NOT NULL
);

CREATE TABLE audit_leaves (
    tree_id BLOB NOT NULL REFERENCES audit_trees (id),
    number BIGINT NOT NULL,
    event_id BLOB NOT NULL UNIQUE,
    leaf_hash BLOB NOT NULL,
    sealed_sha256 BLOB,
    numbered_at BIGINT NOT NULL,
    PRIMARY KEY (tree_id, number)
);

CREATE TABLE audit_nodes (
    tree_id BLOB NOT NULL REFERENCES audit_trees (id),
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (tree_id, level, position)
);

CREATE TABLE audit_checkpoints (
    tree_id BLOB NOT NULL REFERENCES audit_trees (id),
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (tree_id, size)
);

-- When an instance was restored from a backup: it runs no jobs until somebody says so.
ALTER TABLE instance ADD COLUMN muted_at BIGINT;
