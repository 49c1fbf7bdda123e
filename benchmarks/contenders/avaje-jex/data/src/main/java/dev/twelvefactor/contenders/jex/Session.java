package dev.twelvefactor.contenders.jex;

import io.avaje.jsonb.Json;

@Json
record Session(String user) {}
