package dev.twelvefactor.backing.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens on the client's own threads, as events; that the connection is lost and tried again is told by the attachment, once. */
final class LoggedExceptions extends DefaultExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedExceptions.class);

    private final String name;

    LoggedExceptions(String name) {
        this.name = name;
    }

    @Override
    public void handleUnexpectedConnectionDriverException(Connection connection, Throwable failure) {
        LOG.atDebug().addKeyValue("attachment", name).setCause(failure).log("the connection of {} is lost", name);
    }

    @Override
    public void handleConnectionRecoveryException(Connection connection, Throwable failure) {
        LOG.atDebug()
                .addKeyValue("attachment", name)
                .setCause(failure)
                .log("the connection of {} could not be had again", name);
    }

    @Override
    protected void log(String message, Throwable failure) {
        LOG.atError().addKeyValue("attachment", name).setCause(failure).log("{}: {}", name, message);
    }
}
