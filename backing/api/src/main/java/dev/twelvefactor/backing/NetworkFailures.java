package dev.twelvefactor.backing;

import dev.twelvefactor.backing.Connector.Failure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What goes wrong below every protocol, in the same words for all services. */
public final class NetworkFailures {
    private NetworkFailures() {}

    /** What the network, the name service or TLS said, if one of them did; the innermost cause counts. */
    public static Optional<Failure> explain(Throwable failure) {
        List<Throwable> causes = causes(failure);
        Collections.reverse(causes);
        return causes.stream().flatMap(cause -> one(cause).stream()).findFirst();
    }

    /** An exception and all of its causes, the outermost first; after them what was suppressed on the way, such as what happened to the other hosts of a URL. */
    public static List<Throwable> causes(Throwable failure) {
        Set<Throwable> seen = newIdentitySet();
        List<Throwable> causes = new ArrayList<>();
        Deque<Throwable> starts = new ArrayDeque<>(List.of(failure));
        while (!starts.isEmpty()) {
            List<Throwable> chain = chain(starts.remove(), seen);
            causes.addAll(chain);
            chain.forEach(cause -> starts.addAll(List.of(cause.getSuppressed())));
        }
        return causes;
    }

    /** An exception and its causes, the outermost first, without what was suppressed: that is not why it was thrown. */
    static List<Throwable> causeChain(Throwable failure) {
        return chain(failure, newIdentitySet());
    }

    /** Each once: causes can form a circle. */
    private static List<Throwable> chain(Throwable failure, Set<Throwable> seen) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    private static Set<Throwable> newIdentitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static Optional<Failure> one(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return Optional.of(Failure.passing("the host's name is not known"));
        }
        if (cause instanceof NoRouteToHostException) {
            return Optional.of(Failure.passing("there is no route to the host"));
        }
        if (cause instanceof ConnectException && !message.contains("timed out")) {
            return Optional.of(Failure.passing("no server answers there (connection refused)"));
        }
        if (cause instanceof SocketTimeoutException
                || cause instanceof TimeoutException
                || cause instanceof ConnectException) {
            return Optional.of(Failure.passing("no server answers there in time"));
        }
        if (cause instanceof CertificateExpiredException) {
            return Optional.of(Failure.permanent("the server's certificate has expired"));
        }
        if (cause instanceof CertificateNotYetValidException) {
            return Optional.of(
                    Failure.permanent("the server's certificate is not valid yet; look at this machine's clock"));
        }
        if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
            return Optional.of(
                    Failure.permanent(
                            "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca"));
        }
        if (cause instanceof CertificateException
                && message.matches(
                        "(?s).*(No subject alternative|No name matching|doesn't match|identity verification failed).*")) {
            return Optional.of(Failure.permanent("the server's certificate is for another host"));
        }
        if (cause instanceof SSLException && message.contains("Unsupported or unrecognized SSL message")) {
            return Optional.of(Failure.permanent("the server does not speak TLS on this port"));
        }
        if (cause instanceof SSLHandshakeException) {
            return Optional.of(Failure.passing("this process and the server do not agree on TLS"));
        }
        return Optional.empty();
    }
}
