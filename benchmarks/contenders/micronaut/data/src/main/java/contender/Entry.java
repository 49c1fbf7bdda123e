package contender;

import io.micronaut.serde.annotation.Serdeable;

@Serdeable
public record Entry(long id, String author, String message) {
}
