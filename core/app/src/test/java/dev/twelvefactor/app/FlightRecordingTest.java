package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.http.HttpException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flight Recorder ends the JVM where it finds the disk full. */
@Timeout(120)
class FlightRecordingTest {
    private static final long MEBIBYTE = 1 << 20;

    private final AtomicBoolean running = new AtomicBoolean();

    @Test
    void does_not_begin_where_it_might_fill_the_disk() {
        assertThatThrownBy(() -> FlightRecording.begin(running, () -> 128 * MEBIBYTE - 1))
                .isInstanceOf(HttpException.class)
                .hasMessage("503 Flight Recorder needs 128 MiB in " + System.getProperty("java.io.tmpdir")
                        + ", which has 127 MiB free: on a full disk it ends the JVM. Give the process more with"
                        + " -Djava.io.tmpdir.");
        assertThat(running).isFalse();
    }

    @Test
    void ends_early_where_others_fill_the_disk_meanwhile() throws Exception {
        AtomicLong free = new AtomicLong(128 * MEBIBYTE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FlightRecording recording = FlightRecording.begin(running, free::get)) {
            free.set(32 * MEBIBYTE - 1);
            recording.writeTo(out, Duration.ofHours(1), () -> false);
        }
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).startsWith("FLR");
        assertThat(running).isFalse();
    }

    @Test
    void knows_how_much_room_there_is() {
        assertThat(FlightRecording.freeBytes()).isPositive();
    }
}
