DROP TABLE call_codes;
