package dev.twelvefactor.app;

import dev.twelvefactor.http.Response;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The stacks of all threads. From JDK 21 on the virtual ones are among them, by a temporary file, since the JDK writes them to nothing else. */
final class ThreadDump {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private ThreadDump() {}

    /** How a dump is written. */
    enum Format {
        /** For a person. */
        TEXT,
        /** For a program. */
        JSON,
        /** As {@code jstack -l} prints it: platform threads alone, with the locks that they hold, and deadlocks. */
        LOCKS
    }

    static Response of(Format format) throws IOException {
        if (format == Format.LOCKS) {
            return Response.text(DiagnosticCommand.run("threadPrint", "-l"));
        }
        if (Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
            Path file;
            try {
                file = Files.createTempFile("threads", ".dump");
            } catch (IOException e) {
                return ofPlatformThreads(
                        format,
                        "Virtual threads are missing: no file can be written in " + System.getProperty("java.io.tmpdir")
                                + ", which is java.io.tmpdir.");
            }
            return ofFile(file, format);
        }
        return ofPlatformThreads(format, "Virtual threads are missing: this is Java " + Runtime.version() + ".");
    }

    private static Response ofFile(Path file, Format format) {
        String reply;
        try {
            reply = DiagnosticCommand.run(
                    "threadDumpToFile",
                    "-overwrite",
                    format == Format.JSON ? "-format=json" : "-format=text",
                    '"' + file.toString() + '"');
        } catch (RuntimeException e) {
            delete(file);
            throw e;
        }
        return ofFile(file, format, reply);
    }

    /** {@code reply} is what the command prints. On a full disk it does not fail, but says so. */
    static Response ofFile(Path file, Format format, String reply) {
        if (!reply.startsWith("Created ")) {
            delete(file);
            return ofPlatformThreads(
                    format, "Virtual threads are missing: the JVM could not write them to a file. " + reply.strip());
        }
        return Response.stream(
                format == Format.JSON ? "application/json" : "text/plain; charset=utf-8",
                () -> Files.deleteIfExists(file),
                out -> Files.copy(file, out));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // What has failed before says more.
        }
    }

    private static Response ofPlatformThreads(Format format, String remark) {
        if (format == Format.TEXT) {
            return Response.text(remark + "\n\n" + DiagnosticCommand.run("threadPrint"));
        }
        ThreadInfo[] threads = ManagementFactory.getThreadMXBean().dumpAllThreads(false, false);
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("remark", remark);
        dump.put("threads", Arrays.stream(threads).map(ThreadDump::shown).toList());
        return Response.json(dump);
    }

    private static Map<String, Object> shown(ThreadInfo thread) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("tid", thread.getThreadId());
        shown.put("name", thread.getThreadName());
        shown.put("state", thread.getThreadState());
        List<String> stack =
                Arrays.stream(thread.getStackTrace()).map(String::valueOf).toList();
        shown.put("stack", stack);
        return shown;
    }
}
