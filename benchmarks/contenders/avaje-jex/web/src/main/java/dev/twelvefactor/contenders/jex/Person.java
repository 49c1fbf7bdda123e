package dev.twelvefactor.contenders.jex;

import io.avaje.jsonb.Json;

@Json
record Person(
        int id,
        String name,
        String email,
        boolean active,
        double score,
        int visits,
        String city,
        String country,
        String created,
        String note) {

    static Person example() {
        return new Person(
                7, "Ada Lovelace", "ada@example.com", true, 98.5, 1815, "London", "GB", "1815-12-10", "Hello, World!");
    }
}
