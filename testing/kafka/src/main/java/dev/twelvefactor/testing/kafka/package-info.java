/** A real Kafka broker for tests and development. See {@link dev.twelvefactor.testing.kafka.KafkaBroker}. */
@NullMarked
package dev.twelvefactor.testing.kafka;

import org.jspecify.annotations.NullMarked;
