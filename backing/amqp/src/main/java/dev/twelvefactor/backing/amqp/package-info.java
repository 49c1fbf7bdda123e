/** RabbitMQ attached by URL, through its own client. Start at {@link dev.twelvefactor.backing.amqp.Amqp}. */
@NullMarked
package dev.twelvefactor.backing.amqp;

import org.jspecify.annotations.NullMarked;
