package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A response that is written piece by piece, on a thread of its own, as its client takes it. */
final class StreamedResponse implements InFlight.Task {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final Framing.Refusal TOO_MANY_STREAMS =
            new Framing.Refusal(503, "Too many streams at once. Try again soon.");

    private final Exchange exchange;
    private final Response response;
    private final AtomicBoolean clientGone = new AtomicBoolean();

    StreamedResponse(Exchange exchange, Response response) {
        this.exchange = exchange;
        this.response = response;
    }

    @Override
    public String what() {
        return exchange.what();
    }

    @Override
    public void shed() {
        release();
        exchange.refuse(TOO_MANY_STREAMS);
    }

    @Override
    public Runnable work(InFlight.Work own) {
        ResponseStream out = new ResponseStream(exchange.undertow(), begun -> exchange.writeHead(begun, response));
        int status = write(out, own);
        exchange.observation().ended(status, out.written());
        // An interrupt was meant for the writer, and must not keep its resource from being closed; one may still be on
        // its way from the connection that was just cut off.
        own.ignoreInterrupts();
        release();
        return () -> {};
    }

    /** Writes all of it, and gives the status that the client has got. */
    private int write(ResponseStream out, InFlight.Work own) {
        // Whatever goes wrong is logged as a part of the request.
        try (Trace.Scope unused = exchange.observation().open()) {
            try {
                Runnable gone = () -> {
                    clientGone.set(true);
                    out.interruptUnlessSending(own);
                };
                exchange.connection().onGone(exchange.around().heartbeat(), gone);
                if (response.body() instanceof Body.Stream stream) {
                    stream.writer().write(out);
                } else if (response.body() instanceof Body.Events events) {
                    sendEvents(events.source(), out, own, gone);
                }
                out.end();
                return response.status();
            } catch (Throwable e) {
                return brokeOff(out, e);
            }
        }
    }

    private void sendEvents(EventStream.Source source, ResponseStream out, InFlight.Work own, Runnable gone)
            throws Exception {
        // The client is to know at once that it is connected, however quiet the source is.
        out.write(EventStream.COMMENT);
        out.flush();
        InFlight inFlight = exchange.around().inFlight();
        if (inFlight.ending()) {
            own.interrupt();
        }
        out.keepAlive(exchange.around().heartbeat(), gone);
        source.sendTo(
                new EventStream(out, exchange.around().router().json(), () -> !clientGone.get() && !inFlight.ending()));
    }

    /**
     * What the client has got of it cannot be taken back: the connection is closed, so that it does not take a part for the whole. Where all of a known length
     * has been sent, there is no part: the connection may carry the next request already, and goes on.
     */
    private int brokeOff(ResponseStream out, Throwable e) {
        boolean clientsDoing = ClientGoneException.isCauseOf(e)
                || clientGone.get()
                || !exchange.connection().isOpen();
        if (!out.committed()) {
            Response failure = exchange.failed(clientsDoing ? new ClientGoneException(e) : e);
            exchange.handBack(failure);
            return failure.status();
        }
        if (!clientsDoing && !exchange.around().draining().getAsBoolean()) {
            LOG.atError()
                    .addKeyValue("path", exchange.undertow().getRequestPath())
                    .setCause(e)
                    .log("a response broke off");
        }
        if (response.body() instanceof Body.Stream stream && stream.length() == out.written()) {
            exchange.onIoThread(out::endNow);
        } else {
            exchange.onIoThread(() -> {
                exchange.connection().cutOff();
                exchange.undertow().endExchange();
            });
        }
        return response.status();
    }

    private void release() {
        try (Trace.Scope unused = exchange.observation().open()) {
            response.release();
        }
    }
}
