package dev.twelvefactor.backing;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Who has a lease. As text, what follows "is held by": {@code web-7f9c (release v42) since 2026-11-21T12:03:11Z}.
 *
 * @param who as it named itself, or what the service knows of it
 * @param since when it took the lease, if the service tells
 */
public record LeaseHolder(String who, Optional<Instant> since) {
    @Override
    public String toString() {
        return who
                + since.map(moment -> " since " + moment.truncatedTo(ChronoUnit.SECONDS))
                        .orElse("");
    }
}
