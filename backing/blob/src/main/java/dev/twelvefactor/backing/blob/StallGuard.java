package dev.twelvefactor.backing.blob;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/** Ends an upload that does not move. The JDK has a timeout for each read and none for a write, so that the only other limit would be one for the whole call, which a slow line reaches too. */
final class StallGuard implements SdkHttpClient {
    private final SdkHttpClient http;
    private final Duration timeout;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "s3-uploads");
        thread.setDaemon(true);
        return thread;
    });

    StallGuard(SdkHttpClient http, Duration timeout) {
        this.http = http;
        this.timeout = timeout;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        if (request.contentStreamProvider().isEmpty()) {
            return http.prepareRequest(request);
        }
        Progress progress = new Progress();
        HttpExecuteRequest watched = HttpExecuteRequest.builder()
                .request(request.httpRequest())
                .contentStreamProvider(() -> progress.of(
                        request.contentStreamProvider().orElseThrow().newStream()))
                .build();
        return new Upload(http.prepareRequest(watched), progress);
    }

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.close();
    }

    private final class Upload implements ExecutableHttpRequest {
        private final ExecutableHttpRequest request;
        private final Progress progress;

        Upload(ExecutableHttpRequest request, Progress progress) {
            this.request = request;
            this.progress = progress;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            long period = Math.max(1, timeout.toMillis() / 4);
            Future<?> guard = timer.scheduleWithFixedDelay(
                    () -> {
                        if (progress.isStalled(timeout)) {
                            request.abort();
                        }
                    },
                    period,
                    period,
                    TimeUnit.MILLISECONDS);
            try {
                return request.call();
            } finally {
                boolean unused = guard.cancel(false);
            }
        }

        @Override
        public void abort() {
            request.abort();
        }
    }

    /** How far the client has read what it sends: it reads on when the system has taken the piece before. */
    private static final class Progress {
        private volatile long last = System.nanoTime();
        /** Then the timeout of the answer counts. */
        private volatile boolean ended;

        boolean isStalled(Duration timeout) {
            return !ended && System.nanoTime() - last > timeout.toNanos();
        }

        InputStream of(InputStream content) {
            return new FilterInputStream(content) {
                @Override
                public int read() throws IOException {
                    return moved(super.read());
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    return moved(super.read(buffer, offset, length));
                }

                private int moved(int read) {
                    last = System.nanoTime();
                    ended = read < 0;
                    return read;
                }
            };
        }
    }
}
