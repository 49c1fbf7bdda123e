package dev.twelvefactor.backing.smtp;

import jakarta.mail.Session;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The sockets over which one session sends, so that what still waits for an answer ends with the session. It is one of the session's properties. */
final class SmtpSockets {
    private static final String PROPERTY = SmtpSockets.class.getName();

    private final Duration dataTimeout;
    private final Set<Socket> open = new HashSet<>();
    private boolean closed;

    SmtpSockets(Duration dataTimeout) {
        this.dataTimeout = dataTimeout;
    }

    static SmtpSockets of(Session session) {
        if (session.getProperties().get(PROPERTY) instanceof SmtpSockets sockets) {
            return sockets;
        }
        throw new IllegalStateException("this session was not attached; take it from Smtp.session");
    }

    void addTo(Session session) {
        session.getProperties().put(PROPERTY, this);
    }

    /** How long the end of a mail may stay without an answer. */
    Duration dataTimeout() {
        return dataTimeout;
    }

    synchronized void add(Socket socket) throws SocketException {
        if (closed) {
            throw new SocketException("the mail server is detached: this process is ending");
        }
        // Of transports whose connect failed, which their users do not always close.
        open.removeIf(Socket::isClosed);
        open.add(socket);
    }

    synchronized void remove(Socket socket) {
        open.remove(socket);
    }

    synchronized void close() throws IOException {
        closed = true;
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }
}
