CREATE TABLE one (id int, name varchar(20));
