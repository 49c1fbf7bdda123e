package dev.twelvefactor.contenders.jex;

import io.avaje.jsonb.Json;

@Json
record Entry(long id, String author, String message) {}
