CREATE TABLE ${flyway:defaultSchema}.one (id int); -- for ${flyway:user}
