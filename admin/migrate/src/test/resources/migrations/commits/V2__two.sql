CREATE TABLE two (id int);
COMMIT;
CREATE TABEL three (id int);
