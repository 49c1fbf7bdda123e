INSERT INTO said (what) VALUES ('afterMigrate');
