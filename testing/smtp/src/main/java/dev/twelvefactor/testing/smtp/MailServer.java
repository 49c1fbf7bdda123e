package dev.twelvefactor.testing.smtp;

import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/**
 * A mail server in this JVM that takes mail from a user {@code app} with a password and keeps it: {@code smtp}, or with certificates {@code smtp+starttls} or
 * {@code smtps}.
 */
public final class MailServer implements RestartableServer {
    private static final String USER = "app";

    private final Kind kind;
    private final Optional<SSLContext> tls;
    private final int port;
    private final String password = ServerDirectory.randomHex(16);
    private final List<Mail> received = new CopyOnWriteArrayList<>();
    private Optional<SMTPServer> running = Optional.empty();

    /** How connections are secured, by the scheme of its URL. */
    public enum Kind {
        /** Not at all. */
        PLAIN("smtp"),
        /** TLS once the client asks for it, and no login before (RFC 3207). */
        STARTTLS("smtp+starttls"),
        /** From the first byte (RFC 8314). */
        TLS("smtps");

        private final String scheme;

        Kind(String scheme) {
            this.scheme = scheme;
        }
    }

    /**
     * A mail that was taken.
     *
     * @param from the sender of the envelope
     * @param to the recipient of the envelope
     * @param text all of it, headers too
     */
    public record Mail(String from, String to, String text) {}

    private MailServer(Kind kind, Optional<SSLContext> tls, int port) {
        this.kind = kind;
        this.tls = tls;
        this.port = port;
    }

    /** Gives tests one server without TLS for the whole run: {@code @ExtendWith(MailServer.Shared.class)}. */
    public static final class Shared extends SharedServer<MailServer> {
        /** For JUnit. */
        public Shared() {
            super(MailServer.class, MailServer::start);
        }
    }

    /**
     * Starts one without TLS.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static MailServer start() {
        return ServerSource.startBinary("SMTP", () -> start(Kind.PLAIN, Optional.empty()));
    }

    /**
     * Starts one with TLS.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static MailServer startWith(ServerCertificates certificates, Kind kind) {
        return ServerSource.startBinary("SMTP", () -> start(kind, Optional.of(context(certificates))));
    }

    private static MailServer start(Kind kind, Optional<SSLContext> tls) throws IOException {
        MailServer server = new MailServer(kind, tls, ServerProcess.freePort());
        server.startAgain();
        return server;
    }

    private static SSLContext context(ServerCertificates certificates) throws IOException {
        char[] password = certificates.password().toCharArray();
        try (InputStream in = Files.newInputStream(certificates.keyStore())) {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(in, password);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("server", all.getKey("server", password), password, all.getCertificateChain("server"));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** The mails that it took, in their order; one for each recipient. */
    public List<Mail> received() {
        return List.copyOf(received);
    }

    @Override
    public String url() {
        return kind.scheme + "://" + USER + ":" + password + "@localhost:" + port;
    }

    @Override
    public String description() {
        return "SMTP: a server in this JVM, port " + port;
    }

    /** In an orderly way: it shares this JVM. What it received stays. */
    @Override
    public synchronized void kill() {
        running.ifPresent(SMTPServer::stop);
        running = Optional.empty();
    }

    @Override
    public synchronized void startAgain() throws IOException {
        SMTPServer.Builder builder = SMTPServer.port(port)
                .bindAddress(InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}))
                .messageHandler((context, from, to, bytes) ->
                        received.add(new Mail(from, to, new String(bytes, StandardCharsets.UTF_8))))
                .requireAuth()
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, word, context) -> {
                    if (!user.equals(USER) || !word.equals(password)) {
                        throw new LoginFailedException();
                    }
                }));
        if (kind == Kind.STARTTLS) {
            builder.enableTLS().startTlsSocketFactory(tls.orElseThrow()).requireTLS();
        } else if (kind == Kind.TLS) {
            builder.serverSocketFactory(tls.orElseThrow());
        }
        SMTPServer server = builder.build();
        server.start();
        running = Optional.of(server);
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return description();
    }
}
