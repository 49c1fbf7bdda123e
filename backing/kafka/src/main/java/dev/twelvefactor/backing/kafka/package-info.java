/** Kafka attached by URL, through its own clients. Start at {@link dev.twelvefactor.backing.kafka.Kafka}. */
@NullMarked
package dev.twelvefactor.backing.kafka;

import org.jspecify.annotations.NullMarked;
