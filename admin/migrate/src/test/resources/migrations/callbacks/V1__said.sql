CREATE TABLE said (what text, at timestamptz DEFAULT clock_timestamp());
