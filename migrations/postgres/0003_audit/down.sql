ALTER TABLE instance DROP COLUMN muted_at;
DROP TABLE audit_checkpoints;
DROP TABLE audit_nodes;
DROP TABLE audit_leaves;
DROP TABLE audit_trees;
