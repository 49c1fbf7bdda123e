package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.ServerDirectory;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of this machine, by the files that PostgreSQL keeps in its data directory. */
final class LocalMachine implements PostgresServer.Machine {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private final ServerDirectory directory;
    private final Path data;
    private final Path log;

    LocalMachine(ServerDirectory directory, Path data, Path log) {
        this.directory = directory;
        this.data = data;
        this.log = log;
    }

    @Override
    public void stop() {
        directory.close();
    }

    @Override
    public void kill() throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0));
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.add(0, postmaster);
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    @Override
    public void startAgain() throws IOException {
        List<String> command = new ArrayList<>(LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of());
        Matcher word = WORD.matcher(Files.readString(data.resolve("postmaster.opts")));
        while (word.find()) {
            command.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        Process unused = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
