package dev.twelvefactor.contenders.javalin;

record Entry(long id, String author, String message) {}
