package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
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

    /** Where Flight Recorder can write no more, it ends the JVM: a recording must find as much room as it may take, and ends while there is some left. */
    private static final long MIN_FREE_BYTES = 2 * MAX_BYTES;

    private static final long MIN_LEFT_BYTES = MAX_BYTES / 2;

    /** What may contain secrets: the environment, the system properties, and command lines, those of other processes among them. */
    private static final List<String> EVENTS_WITH_SECRETS = List.of(
            "jdk.InitialEnvironmentVariable",
            "jdk.InitialSystemProperty",
            "jdk.JVMInformation",
            "jdk.SystemProcess",
            "jdk.ProcessStart",
            "jdk.JavaAgent",
            "jdk.NativeAgent");

    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);
    private static final int LOOK_MILLIS = 100;

    private final AtomicBoolean running;
    private final LongSupplier freeBytes;
    private final Recording recording;
    /** Whether a recording of others runs, or has run meanwhile, that has secrets in it. */
    private volatile boolean exposed;

    private final FlightRecorderListener others = new FlightRecorderListener() {
        @Override
        public void recordingStateChanged(Recording other) {
            if (hasSecrets(other)) {
                exposed = true;
            }
        }
    };

    private FlightRecording(AtomicBoolean running, LongSupplier freeBytes) throws IOException {
        this.running = running;
        this.freeBytes = freeBytes;
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
     * @param freeBytes how much can still be written to the directory for temporary files
     * @throws HttpException 409 if one is, or one of others that has secrets in it; 503 if it can write no file, or too little
     */
    static FlightRecording begin(AtomicBoolean running, LongSupplier freeBytes) {
        long free = freeBytes.getAsLong();
        if (free < MIN_FREE_BYTES) {
            throw new HttpException(
                    503,
                    "Flight Recorder needs " + mebibytes(MIN_FREE_BYTES) + " in " + directory() + ", which has "
                            + mebibytes(free)
                            + " free: on a full disk it ends the JVM. Give the process more with -Djava.io.tmpdir.");
        }
        if (!running.compareAndSet(false, true)) {
            throw new HttpException(409, "Another recording is running. Try again when it has ended.");
        }
        FlightRecording begun;
        try {
            begun = new FlightRecording(running, freeBytes);
        } catch (IOException | RuntimeException e) {
            running.set(false);
            throw cannotWrite(e);
        }
        try {
            begun.recording.setName("management");
            begun.recording.setToDisk(true);
            begun.recording.setMaxSize(MAX_BYTES);
            EVENTS_WITH_SECRETS.forEach(begun.recording::disable);
            FlightRecorder.addListener(begun.others);
            begun.recording.start();
        } catch (RuntimeException e) {
            begun.close();
            throw cannotWrite(e);
        }
        if (begun.isExposed()) {
            begun.close();
            throw exposedByOthers();
        }
        return begun;
    }

    /** The JVM writes one stream of events: what any of the running recordings has enabled is in the files of all. */
    private boolean isExposed() {
        return exposed
                || FlightRecorder.getFlightRecorder().getRecordings().stream().anyMatch(FlightRecording::hasSecrets);
    }

    private static boolean hasSecrets(Recording other) {
        Map<String, String> settings = other.getSettings();
        return other.getState() == RecordingState.RUNNING
                && EVENTS_WITH_SECRETS.stream().anyMatch(event -> "true".equals(settings.get(event + "#enabled")));
    }

    private static HttpException exposedByOthers() {
        return new HttpException(
                409,
                "Another recording of this JVM contains secrets, such as environment variables, and this one would contain"
                        + " them too. Stop it, or use it: jcmd PID JFR.dump.");
    }

    private static HttpException cannotWrite(Exception e) {
        LOG.warn("Flight Recorder could not begin a recording", e);
        return new HttpException(
                503,
                "Flight Recorder cannot write to " + directory()
                        + ". Give the process a writable directory with -Djava.io.tmpdir.");
    }

    /** How much can still be written to the directory for temporary files, in bytes; 0 if there is no such directory. */
    static long freeBytes() {
        return new File(directory()).getUsableSpace();
    }

    private static String directory() {
        return System.getProperty("java.io.tmpdir");
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /** Whether it has to end now, since the disk is nearly full. */
    private boolean needsRoom() {
        long free = freeBytes.getAsLong();
        if (free < MIN_LEFT_BYTES) {
            LOG.warn("the flight recording ends early: {} has {} left", directory(), mebibytes(free));
            return true;
        }
        return false;
    }

    /**
     * Waits until the time is over, until the process is to end, or until the disk is nearly full, and writes what was recorded.
     *
     * @throws HttpException 409 before the first byte if a recording that has secrets in it has run meanwhile
     */
    void writeTo(OutputStream out, Duration time, BooleanSupplier ending) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0 && !exposed && !ending.getAsBoolean() && !needsRoom()) {
            Thread.sleep(LOOK_MILLIS);
        }
        boolean secrets = isExposed();
        recording.stop();
        if (secrets) {
            throw exposedByOthers();
        }
        try (InputStream in = recording.getStream(null, null)) {
            if (in != null) {
                in.transferTo(out);
            }
        }
    }

    @Override
    public void close() {
        try {
            FlightRecorder.removeListener(others);
            recording.close();
        } finally {
            running.set(false);
        }
    }
}
