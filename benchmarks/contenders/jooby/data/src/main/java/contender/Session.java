package contender;

record Session(String user) {}
