DROP INDEX contacts_by_address;
ALTER TABLE contacts DROP COLUMN address_index;
DROP TABLE contact_conditions;
