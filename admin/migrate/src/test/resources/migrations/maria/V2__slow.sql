CREATE TABLE two (id int);
DO SLEEP(50);
