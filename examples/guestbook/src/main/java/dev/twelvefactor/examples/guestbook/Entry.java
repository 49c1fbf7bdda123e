package dev.twelvefactor.examples.guestbook;

import java.time.Instant;
import java.util.Optional;

/** An entry of the guestbook. */
record Entry(long id, String author, String message, Optional<String> reply, Instant createdAt) {}
