-- Checkpoints that go out by mail or webhook, and the backups that a worker makes by night.

CREATE TABLE checkpoint_deliveries (
    id BYTEA NOT NULL PRIMARY KEY,
    tree_id BYTEA NOT NULL REFERENCES audit_trees (id),
    size BIGINT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (tree_id, channel, size)
);

CREATE TABLE backups (
    id BYTEA NOT NULL PRIMARY KEY,
    -- The day that it is the backup of, in UTC: one worker of several makes it.
    day TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    file TEXT,
    size_bytes BIGINT,
    row_count BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
