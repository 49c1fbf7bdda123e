package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** An S3 URL as clients of the AWS SDK that read nothing but what they are told, and wait for nothing long. */
record S3Address(
        ServiceUrl url,
        URI endpoint,
        boolean amazon,
        String region,
        String bucket,
        String prefix,
        Duration connectTimeout,
        Duration timeout,
        Duration callTimeout,
        Tls tls) {
    private static final String FORM = "write s3://key:secret@host/bucket, or s3+http: without TLS";
    private static final Pattern AMAZON = Pattern.compile("s3(?:[.-]([a-z0-9-]+))?\\.amazonaws\\.com(?:\\.cn)?");
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MIN_BYTES_PER_SECOND = 64 << 10;

    static S3Address of(ServiceUrl url) {
        if (url.hosts().size() != 1) {
            throw url.refused("names " + (url.hosts().isEmpty() ? "no host; " : "several hosts; ") + FORM);
        }
        if (url.segments().isEmpty() || url.segments().get(0).isEmpty()) {
            throw url.refused("names no bucket; " + FORM);
        }
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.refused("has a key without a secret; " + FORM);
        }
        ServiceUrl.Host host = url.hosts().get(0);
        Matcher amazon = AMAZON.matcher(host.name());
        boolean isAmazon = amazon.matches();
        String usual = isAmazon && amazon.group(1) != null ? amazon.group(1) : "us-east-1";
        UrlParameters parameters = UrlParameters.of(url);
        Duration callTimeout = parameters.duration("call_timeout", Duration.ofSeconds(10), LONGEST);
        String name = host.name().contains(":") ? "[" + host.name() + "]" : host.name();
        S3Address address = new S3Address(
                url,
                URI.create((url.scheme().equals("s3") ? "https" : "http") + "://" + name
                        + host.port().map(port -> ":" + port).orElse("")),
                isAmazon,
                parameters.text("region").orElse(usual),
                url.segments().get(0),
                prefix(url),
                parameters.duration("connect_timeout", Duration.ofSeconds(2), LONGEST),
                parameters.duration("timeout", Duration.ofSeconds(5), LONGEST),
                callTimeout,
                Tls.of(parameters, url.scheme().equals("s3"), "write s3:"));
        parameters.end();
        return address;
    }

    private static String prefix(ServiceUrl url) {
        String rest = String.join("/", url.segments().subList(1, url.segments().size()));
        String path = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        try {
            return path.isEmpty() ? "" : BlobKey.checked(path) + "/";
        } catch (IllegalArgumentException e) {
            throw url.refused("has a prefix that cannot be in front of a key: " + e.getMessage());
        }
    }

    boolean isTls() {
        return url.scheme().equals("s3");
    }

    /** Straight to the server, whatever proxy the machine has. */
    SdkHttpClient http() {
        SSLSocketFactory sockets = new AbruptSockets(tls.context().getSocketFactory());
        SdkHttpClient http = UrlConnectionHttpClient.create(uri -> {
            try {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
                if (connection instanceof HttpsURLConnection https) {
                    https.setSSLSocketFactory(sockets);
                }
                connection.setConnectTimeout((int) connectTimeout.toMillis());
                connection.setReadTimeout((int) timeout.toMillis());
                return connection;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return new StallGuard(http, timeout);
    }

    /** How long a call may take that sends so many bytes: more than {@code call_timeout}, on a slow line. */
    Duration callTimeout(int bytes) {
        return callTimeout.plusSeconds(bytes / MIN_BYTES_PER_SECOND);
    }

    S3Client client(SdkHttpClient http) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(region))
                .credentialsProvider(credentials())
                .fipsEnabled(false)
                .dualstackEnabled(false)
                .crossRegionAccessEnabled(false)
                .disableS3ExpressSessionAuth(true)
                .serviceConfiguration(configuration())
                // What servers that are not Amazon's understand, too.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .defaultsMode(DefaultsMode.LEGACY)
                .httpClient(http)
                .overrideConfiguration(override -> override.apiCallTimeout(callTimeout)
                        .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                                .maxAttempts(2)
                                .build())
                        .compressionConfiguration(compression ->
                                compression.requestCompressionEnabled(false).minimumCompressionThresholdInBytes(10_240))
                        .defaultProfileFileSupplier(S3Address::noProfiles)
                        .defaultProfileName("default"));
        if (!amazon) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    S3Presigner presigner() {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.of(region))
                .credentialsProvider(credentials())
                .fipsEnabled(false)
                .dualstackEnabled(false)
                .disableS3ExpressSessionAuth(true)
                .serviceConfiguration(configuration());
        return amazon ? builder.build() : builder.endpointOverride(endpoint).build();
    }

    private S3Configuration configuration() {
        return S3Configuration.builder()
                .pathStyleAccessEnabled(!amazon)
                .chunkedEncodingEnabled(false)
                .profileFile(S3Address::noProfiles)
                .profileName("default")
                .useArnRegionEnabled(false)
                .multiRegionEnabled(false)
                .build();
    }

    /** No file of the machine's user has a say. */
    private static ProfileFile noProfiles() {
        return ProfileFile.aggregator().build();
    }

    /** Asked for each call: a file that holds the URL may have been rotated. */
    private AwsCredentialsProvider credentials() {
        if (url.user().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        return () -> {
            ServiceUrl now = url.current();
            return AwsBasicCredentials.create(
                    now.user().orElse(""), now.password().map(Secret::reveal).orElse(""));
        };
    }
}
