package dev.twelvefactor.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates for a test's server, made by the JDK's keytool: an authority that nobody trusts by itself, and a server's key with a certificate of it, as PEM files and as
 * a key store.
 *
 * @param authority the authority's certificate: what {@code tls.ca} names
 * @param certificate the server's certificate
 * @param key the server's key, without a password
 * @param keyStore both, and the authority's certificate, as PKCS12
 * @param password of the key store
 */
public record ServerCertificates(Path authority, Path certificate, Path key, Path keyStore, String password) {
    private static final String PASSWORD = "changeit";

    /** Certificates for {@code localhost}, 127.0.0.1 and ::1. */
    public static ServerCertificates forThisHost(Path directory) throws IOException, InterruptedException {
        return create(directory, "dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1");
    }

    /** Certificates for another host than the one that the server runs on. */
    public static ServerCertificates forAnotherHost(Path directory) throws IOException, InterruptedException {
        return create(directory, "dns:elsewhere.example");
    }

    private static ServerCertificates create(Path directory, String names) throws IOException, InterruptedException {
        Path store = directory.resolve("server.p12");
        keytool(store, "ca", "CN=Test authority", "-ext", "bc:c");
        keytool(store, "server", "CN=Test server", "-signer", "ca", "-ext", "san=" + names);
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return new ServerCertificates(
                    pem(
                            directory.resolve("ca.pem"),
                            "CERTIFICATE",
                            keys.getCertificate("ca").getEncoded()),
                    pem(
                            directory.resolve("server.pem"),
                            "CERTIFICATE",
                            keys.getCertificate("server").getEncoded()),
                    pem(
                            directory.resolve("server-key.pem"),
                            "PRIVATE KEY",
                            keys.getKey("server", PASSWORD.toCharArray()).getEncoded()),
                    store,
                    PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void keytool(Path store, String alias, String name, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + said.strip());
        }
    }

    private static Path pem(Path file, String type, byte[] encoded) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        Files.writeString(file, "");
        // Servers refuse a key that others may read.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
