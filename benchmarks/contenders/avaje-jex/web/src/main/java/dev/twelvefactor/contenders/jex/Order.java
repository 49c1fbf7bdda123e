package dev.twelvefactor.contenders.jex;

import io.avaje.jsonb.Json;
import java.util.List;

@Json
record Order(long id, String customer, String email, int quantity, List<String> items) {}
