package dev.twelvefactor.backing;

import dev.twelvefactor.config.UrlParameters;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client trusts, by the parameters that the URLs of all services have: {@code tls.ca} names a PEM file with the authorities (the JDK's own unless set), and
 * {@code tls.verify} is {@code full} (the default: the certificate and the host's name in it), {@code ca} (the certificate alone) or {@code none}, which anybody between
 * here and there may use, and which is a warning in the log.
 */
public final class Tls {
    private static final String VERIFY = "tls.verify";
    private static final String CA = "tls.ca";

    private final String verify;
    private final X509TrustManager trust;

    private Tls(String verify, X509TrustManager trust) {
        this.verify = verify;
        this.trust = trust;
    }

    /** What these parameters say. A file that holds no certificate is refused as a problem of its parameter. */
    public static Tls of(UrlParameters parameters) {
        String verify = parameters.oneOf(VERIFY, "full", List.of("full", "ca", "none"));
        Optional<String> file = parameters.text(CA);
        X509ExtendedTrustManager trusted;
        try {
            trusted = trusted(file);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            parameters.refuse(CA, "names no readable PEM file with certificates");
            return new Tls(verify, new Lenient(Optional.empty()));
        }
        return new Tls(
                verify,
                switch (verify) {
                    case "full" -> trusted;
                    case "ca" -> new Lenient(Optional.of(trusted));
                    default -> new Lenient(Optional.empty());
                });
    }

    /** What these parameters say if the connection is to be secured, and else a refusal of those that are there: who names an authority does not mean to go without. */
    public static Tls of(UrlParameters parameters, boolean secured, String instead) {
        if (!secured) {
            for (String name : List.of(VERIFY, CA)) {
                if (parameters.text(name).isPresent()) {
                    parameters.refuse(name, "means nothing without TLS; " + instead);
                }
            }
        }
        return of(parameters);
    }

    private static X509ExtendedTrustManager trusted(Optional<String> file)
            throws IOException, GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(file.isPresent() ? authorities(Path.of(file.get())) : null);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
        }
        if (store.size() == 0) {
            throw new CertificateException("no certificate");
        }
        return store;
    }

    /** For clients that take a context. They have to ask for the check of the host's name, always: this knows whether it counts. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For clients that take the trust manager itself. */
    public X509TrustManager trustManager() {
        return trust;
    }

    /** Whether the host's name has to be in the certificate, for clients that check it themselves. */
    public boolean verifiesHost() {
        return verify.equals("full");
    }

    /** What an operator should know, for {@link Connector#warnings()}. */
    public List<String> warnings() {
        return switch (verify) {
            case "none" -> List.of("the server's certificate is not verified (tls.verify=none)");
            case "ca" -> List.of("the host's name is not looked for in the server's certificate (tls.verify=ca)");
            default -> List.of();
        };
    }

    /** Looks at the chain if it is told to, and never at the host's name. */
    private static final class Lenient extends X509ExtendedTrustManager {
        private final Optional<X509ExtendedTrustManager> chain;

        Lenient(Optional<X509ExtendedTrustManager> chain) {
            this.chain = chain;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type) throws CertificateException {
            if (chain.isPresent()) {
                chain.get().checkServerTrusted(certificates, type);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type, @Nullable Socket socket)
                throws CertificateException {
            checkServerTrusted(certificates, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(certificates, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type, @Nullable Socket socket)
                throws CertificateException {
            checkClientTrusted(certificates, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(certificates, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return chain.map(X509TrustManager::getAcceptedIssuers).orElse(new X509Certificate[0]);
        }
    }
}
