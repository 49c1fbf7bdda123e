package dev.twelvefactor.backing.kafka;

import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/** TLS by a context that is ready. Public, with a constructor without parameters, because Kafka makes it by its name; nobody else has a use for it. */
public final class TlsEngines implements SslEngineFactory {
    static final String CONTEXT = "dev.twelvefactor.tls.context";

    private @Nullable SSLContext context;

    /** For Kafka. */
    public TlsEngines() {}

    @Override
    public void configure(Map<String, ?> settings) {
        context = (SSLContext) Objects.requireNonNull(settings.get(CONTEXT));
    }

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String identification) {
        SSLEngine engine = Objects.requireNonNull(context).createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(identification);
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException("this is a client");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> settings) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public @Nullable KeyStore keystore() {
        return null;
    }

    @Override
    public @Nullable KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {
        context = null;
    }
}
