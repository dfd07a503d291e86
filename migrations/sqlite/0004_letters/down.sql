DROP TABLE letters;
DROP TABLE letter_texts;
