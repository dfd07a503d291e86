DROP TABLE code_sendings;
DROP TABLE codes;
DROP TABLE contacts;
DROP TABLE portal_sessions;
