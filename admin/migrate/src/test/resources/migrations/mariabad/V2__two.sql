CREATE TABLE two (id int);

CREATE TABEL three (id int);
