CREATE TABLE two (id int);

CREATE TABLE three (id int);
