package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recording of JDK Flight Recorder, one at a time. Its file is a temporary one of the JVM's and is gone when the recording is closed.
 *
 * <p>Not to be touched where the module jdk.jfr is absent.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/17/docs/api/jdk.jfr/jdk/jfr/Recording.html">jdk.jfr.Recording</a>
 */
final class FlightRecording implements AutoCloseable {
    /** What comes first is dropped when a recording is larger. */
    private static final long MAX_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);
    private static final int LOOK_MILLIS = 100;

    private final AtomicBoolean running;
    private final Recording recording;

    private FlightRecording(AtomicBoolean running) throws IOException {
        this.running = running;
        try {
            this.recording = new Recording(Configuration.getConfiguration("profile"));
        } catch (ParseException e) {
            throw new IOException("the JDK's own configuration of Flight Recorder cannot be read", e);
        }
    }

    /**
     * Begins to record.
     *
     * @param running whether one of the process is running
     * @throws HttpException 409 if one is; 503 if it can write no file
     */
    static FlightRecording begin(AtomicBoolean running) {
        if (!running.compareAndSet(false, true)) {
            throw new HttpException(409, "Another recording is running. Try again when it has ended.");
        }
        FlightRecording begun;
        try {
            begun = new FlightRecording(running);
        } catch (IOException | RuntimeException e) {
            running.set(false);
            throw cannotWrite(e);
        }
        try {
            begun.recording.setName("management");
            begun.recording.setToDisk(true);
            begun.recording.setMaxSize(MAX_BYTES);
            begun.recording.start();
            return begun;
        } catch (RuntimeException e) {
            begun.close();
            throw cannotWrite(e);
        }
    }

    private static HttpException cannotWrite(Exception e) {
        LOG.warn("Flight Recorder could not begin a recording", e);
        return new HttpException(
                503,
                "Flight Recorder cannot write to " + System.getProperty("java.io.tmpdir")
                        + ". Give the process a writable directory with -Djava.io.tmpdir.");
    }

    /** Waits until the time is over, or until the process is to end, and writes what was recorded. */
    void writeTo(OutputStream out, Duration time, BooleanSupplier ending) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0 && !ending.getAsBoolean()) {
            Thread.sleep(LOOK_MILLIS);
        }
        recording.stop();
        try (InputStream in = recording.getStream(null, null)) {
            if (in != null) {
                in.transferTo(out);
            }
        }
    }

    @Override
    public void close() {
        try {
            recording.close();
        } finally {
            running.set(false);
        }
    }
}
