package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.http.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadDumpTest {
    @TempDir
    private Path directory;

    @Test
    void shows_platform_threads_where_the_disk_is_full() throws Exception {
        Path file = Files.createFile(directory.resolve("threads.dump"));
        Response dump = ThreadDump.ofFile(
                file, ThreadDump.Format.TEXT, "Failed: java.io.IOException: No space left on device\n");
        assertThat(dump.text())
                .startsWith("Virtual threads are missing: the JVM could not write them to a file."
                        + " Failed: java.io.IOException: No space left on device\n\n")
                .contains("\"main\"");
        assertThat(file).doesNotExist();
    }
}
