package dev.twelvefactor.backing;

import java.time.Duration;
import java.util.Optional;

/**
 * How an attached service was at its last check.
 *
 * @param name the attachment's name
 * @param up whether it answered
 * @param latency how long the check took
 * @param reason why it is down, in a sentence
 * @param gatesReadiness whether the process counts as not ready while it is down
 */
public record ServiceHealth(
        String name, boolean up, Duration latency, Optional<String> reason, boolean gatesReadiness) {}
