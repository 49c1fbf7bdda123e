package contender;

record Entry(long id, String author, String message) {}
