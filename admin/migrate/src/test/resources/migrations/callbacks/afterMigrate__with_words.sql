INSERT INTO said (what) VALUES ('afterMigrate__with_words');
