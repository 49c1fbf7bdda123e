package dev.twelvefactor.backing.smtp;

import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Properties;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** The socket of one transport, which the library keeps to itself. */
final class SmtpConnection {
    private final SmtpSockets sockets;
    private volatile @Nullable Socket socket;

    SmtpConnection(SmtpSockets sockets) {
        this.sockets = sockets;
    }

    /** The app's session for one transport: with factories that note its socket, and UTF-8 in commands (RFC 6531) and logins (RFC 4616), where the library would cut each character to its low byte. */
    Session session(Session session, String protocol) {
        String prefix = "mail." + protocol + ".";
        Properties properties = new Properties();
        properties.putAll(session.getProperties());
        properties.setProperty("mail.mime.allowutf8", "true");
        if (properties.get(prefix + "ssl.socketFactory") instanceof SSLSocketFactory tls) {
            properties.put(prefix + "ssl.socketFactory", new Secured(tls));
        }
        if (properties.getProperty(prefix + "socks.host") == null) {
            properties.putIfAbsent(prefix + "socketFactory", new Plain());
        }
        Session own = Session.getInstance(properties, new Login(session));
        own.setDebugOut(session.getDebugOut());
        own.setDebug(session.getDebug());
        return own;
    }

    Duration dataTimeout() {
        return sockets.dataTimeout();
    }

    /**
     * Lets the next answers take this long.
     *
     * @return how long they could take before
     */
    Duration setTimeout(Duration timeout) throws MessagingException {
        Socket now = socket;
        if (now == null) {
            return timeout;
        }
        try {
            Duration before = Duration.ofMillis(now.getSoTimeout());
            now.setSoTimeout((int) timeout.toMillis());
            return before;
        } catch (SocketException e) {
            throw new MessagingException("the connection is closed", e);
        }
    }

    void closed() {
        Socket now = socket;
        if (now != null) {
            sockets.remove(now);
        }
    }

    private Socket noted(Socket opened) throws SocketException {
        closed();
        sockets.add(opened);
        socket = opened;
        return opened;
    }

    private final class Plain extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            return noted(new Socket());
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return noted(new Socket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return noted(new Socket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return noted(new Socket(host, port, localHost, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
                throws IOException {
            return noted(new Socket(host, port, localHost, localPort));
        }
    }

    private final class Secured extends SSLSocketFactory {
        private final SSLSocketFactory tls;

        Secured(SSLSocketFactory tls) {
            this.tls = tls;
        }

        /** The one that the library calls, with the socket that it has connected. */
        @Override
        public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
            return tls.createSocket(noted(connected), host, port, autoClose);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return noted(tls.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return noted(tls.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return noted(tls.createSocket(host, port, localHost, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
                throws IOException {
            return noted(tls.createSocket(host, port, localHost, localPort));
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return tls.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return tls.getSupportedCipherSuites();
        }
    }

    /** Asks the app's session, whose authenticator knows the URL. */
    private static final class Login extends Authenticator {
        private final Session session;

        Login(Session session) {
            this.session = session;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            return session.requestPasswordAuthentication(
                    getRequestingSite(),
                    getRequestingPort(),
                    getRequestingProtocol(),
                    getRequestingPrompt(),
                    getDefaultUserName());
        }
    }
}
