-- A data map compared with the live schemas of the systems that it describes.
CREATE TABLE live_checks (
    controller_id BYTEA NOT NULL,
    map_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    sealed_findings BYTEA,
    started_by BYTEA NOT NULL REFERENCES users (id),
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (controller_id, map_version),
    FOREIGN KEY (controller_id, map_version) REFERENCES data_maps (controller_id, version)
);
