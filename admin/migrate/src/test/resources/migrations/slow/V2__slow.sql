CREATE TABLE two (id int);
SELECT pg_sleep(50);
