CREATE TABLE one (id int); -- ${amount}
