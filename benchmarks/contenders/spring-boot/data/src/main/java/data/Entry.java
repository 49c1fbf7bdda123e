package data;

record Entry(long id, String author, String message) {}
