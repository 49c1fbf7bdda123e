/** A real RabbitMQ for tests and development. See {@link dev.twelvefactor.testing.rabbitmq.RabbitMqServer}. */
@NullMarked
package dev.twelvefactor.testing.rabbitmq;

import org.jspecify.annotations.NullMarked;
