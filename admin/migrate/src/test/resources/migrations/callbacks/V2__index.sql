CREATE INDEX CONCURRENTLY said_what ON said (what);
