CREATE TABLE one (id int);
DO SLEEP(3);
