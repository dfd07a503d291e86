DROP TABLE backups;
DROP TABLE checkpoint_deliveries;
