CREATE TABLE one (id int);
SELECT pg_sleep(2.5);
