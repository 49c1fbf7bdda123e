package dev.twelvefactor.logging;

import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;

/** What goes wrong inside of logback itself, for a person; stdout has events and nothing else. */
final class StatusOnStderr implements StatusListener {
    @Override
    public void addStatusEvent(Status status) {
        if (status.getLevel() >= Status.WARN) {
            System.err.println("The log: " + status.getMessage()
                    + (status.getThrowable() == null ? "" : " (" + status.getThrowable() + ")"));
        }
    }
}
