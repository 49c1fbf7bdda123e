package dev.twelvefactor.benchmarks;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An app that says at its end how many requests its handlers have worked on. */
final class Counting {
    private static final Logger LOG = LoggerFactory.getLogger(Counting.class);

    private static final byte[] LARGE = new byte[16 << 20];

    private Counting() {}

    record NoVariables() {}

    public static void main(String[] args) {
        LongAdder handled = new LongAdder();
        TwelveFactorApp.run(args, App.of("counting", NoVariables.class).web((none, wiring, routes) -> {
            wiring.attach("counter", Attachment.of(ServiceUrl.parse("counter://here"), () -> new Counter(handled)));
            routes.filter((request, next) -> {
                handled.increment();
                return next.handle(request);
            });
            routes.get("/", request -> Response.text("hello"));
            routes.post("/echo", request -> Response.bytes("application/octet-stream", request.body()));
            routes.get("/large", request -> Response.bytes("application/octet-stream", LARGE));
            routes.get("/streamed", request -> Response.stream("application/octet-stream", out -> out.write(LARGE)));
            routes.get("/work", request -> {
                Thread.sleep(100);
                return Response.text("work");
            });
            routes.get("/memory", request -> Response.text(directBytes() + ""));
            routes.get("/slow", request -> {
                Thread.sleep(1000);
                return Response.text("slow");
            });
        }));
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** A service in name only: attachments are closed last, when no handler is at work any more. */
    private record Counter(LongAdder handled) implements Connector<LongAdder> {
        @Override
        public LongAdder open(String name) {
            return handled;
        }

        @Override
        public void check(LongAdder client) {}

        @Override
        public void close(LongAdder client) {
            LOG.atInfo().addKeyValue("handled", client.sum()).log("handled");
        }

        @Override
        public Failure explain(Exception failure) {
            return Failure.permanent("it cannot fail");
        }

        @Override
        public boolean isUnavailable(Throwable failure) {
            return false;
        }
    }
}
