package dev.twelvefactor.testing.rabbitmq;

import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The RabbitMQ of this machine, without its configuration, its data and its register of nodes: all of these are its own, on the loopback address. */
final class RabbitMqBinary {
    private static final Duration LONGEST_START = Duration.ofSeconds(90);
    /** What a client of AMQP 0-9-1 says first. */
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private RabbitMqBinary() {}

    static RabbitMqServer start(Optional<ServerCertificates> certificates) throws Exception {
        // Not the one of /usr/sbin, which changes to another user and writes to /var/log.
        Path server = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
        Path epmd = ServerProcess.executable("epmd")
                .filter(found -> Files.isExecutable(server))
                .orElseThrow(() -> new IOException("there is no " + server + "; install rabbitmq-server"));
        ServerDirectory directory = ServerDirectory.create("rabbitmq");
        try (AutoCloseable starting = directory.starting()) {
            int port = ServerProcess.freePort();
            int register = ServerProcess.freePort();
            Optional<Integer> tlsPort =
                    certificates.isEmpty() ? Optional.empty() : Optional.of(ServerProcess.freePort());
            String password = ServerDirectory.randomHex(16);
            Path work = prepare(directory, port, tlsPort, certificates, password);
            // It is stopped second, since the guard goes by the folders' names: the server leaves its register first.
            ServerProcess unused = ServerProcess.start(
                    directory,
                    "register",
                    List.of(epmd.toString(), "-port", Integer.toString(register), "-address", "127.0.0.1"),
                    Map.of(),
                    () -> ServerProcess.accepts(register),
                    LONGEST_START);
            return new RabbitMqServer(
                    "amqp://" + RabbitMqServer.USER + ":" + password + "@127.0.0.1:" + port + "/"
                            + RabbitMqServer.VIRTUAL_HOST,
                    "RabbitMQ: " + server + ", port " + port,
                    ServerProcess.start(
                            directory,
                            "broker",
                            List.of(server.toString()),
                            environment(work, register),
                            () -> answers(port),
                            LONGEST_START),
                    tlsPort);
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    private static Path prepare(
            ServerDirectory directory,
            int port,
            Optional<Integer> tlsPort,
            Optional<ServerCertificates> certificates,
            String password)
            throws IOException {
        Path work = Files.createDirectory(directory.path().resolve("broker"));
        for (String folder : List.of("mnesia", "log", "home")) {
            Files.createDirectory(work.resolve(folder));
        }
        Path cookie = Files.writeString(work.resolve("home/.erlang.cookie"), ServerDirectory.randomHex(16));
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
        Files.writeString(work.resolve("enabled_plugins"), "[].");
        List<String> lines = new ArrayList<>(List.of(
                "listeners.tcp.1 = 127.0.0.1:" + port,
                "default_user = " + RabbitMqServer.USER,
                "default_pass = " + password,
                "default_vhost = " + RabbitMqServer.VIRTUAL_HOST,
                "loopback_users = none",
                "log.console = false",
                "log.file = rabbit.log",
                "disk_free_limit.absolute = 50MB",
                "vm_memory_high_watermark.absolute = 256MB"));
        if (certificates.isPresent() && tlsPort.isPresent()) {
            ServerCertificates tls = certificates.get();
            lines.addAll(List.of(
                    "listeners.ssl.1 = 127.0.0.1:" + tlsPort.get(),
                    "ssl_options.cacertfile = " + tls.authority(),
                    "ssl_options.certfile = " + tls.certificate(),
                    "ssl_options.keyfile = " + tls.key(),
                    "ssl_options.verify = verify_none",
                    "ssl_options.fail_if_no_peer_cert = false"));
        }
        Files.write(work.resolve("rabbitmq.conf"), lines);
        return work;
    }

    private static Map<String, String> environment(Path work, int register) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("HOME", work.resolve("home").toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("ERL_EPMD_PORT", Integer.toString(register));
        environment.put("ERL_CRASH_DUMP", work.resolve("log/erl_crash.dump").toString());
        // The script becomes the server then, in the place of a shell that waits for it.
        environment.put("RUNNING_UNDER_SYSTEMD", "1");
        // A file that is not there keeps that of the machine out.
        environment.put("RABBITMQ_CONF_ENV_FILE", work.resolve("none").toString());
        environment.put("RABBITMQ_NODENAME", "test" + ServerDirectory.randomHex(4) + "@localhost");
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(ServerProcess.freePort()));
        environment.put("RABBITMQ_CONFIG_FILE", work.resolve("rabbitmq.conf").toString());
        environment.put(
                "RABBITMQ_ADVANCED_CONFIG_FILE", work.resolve("advanced.config").toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE", work.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_MNESIA_BASE", work.resolve("mnesia").toString());
        environment.put("RABBITMQ_MNESIA_DIR", work.resolve("mnesia/node").toString());
        environment.put("RABBITMQ_LOG_BASE", work.resolve("log").toString());
        environment.put("RABBITMQ_PID_FILE", work.resolve("rabbit.pid").toString());
        environment.put(
                "RABBITMQ_GENERATED_CONFIG_DIR", work.resolve("mnesia/config").toString());
        environment.put("RABBITMQ_SCHEMA_DIR", work.resolve("mnesia/schema").toString());
        environment.put(
                "RABBITMQ_FEATURE_FLAGS_FILE",
                work.resolve("mnesia/feature_flags").toString());
        environment.put("RABBITMQ_QUORUM_DIR", work.resolve("mnesia/quorum").toString());
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 2:2");
        return environment;
    }

    /** Whether it begins a conversation: its user and virtual host are there by then. */
    static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write(HEADER);
            return socket.getInputStream().read() == 1;
        }
    }
}
