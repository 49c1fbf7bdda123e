CREATE TABLE prices (template varchar(50));
INSERT INTO prices VALUES ('${amount} EUR, ${flyway:user}');
