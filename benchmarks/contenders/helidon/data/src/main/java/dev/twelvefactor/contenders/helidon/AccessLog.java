package dev.twelvefactor.contenders.helidon;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.lang.System.Logger.Level;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Stands in for the module helidon-webserver-access-log, which does not resolve for this release of Helidon: the same
 * logger, and a line with the same entries as its default format.
 */
final class AccessLog implements Filter {
    private static final System.Logger LOGGER = System.getLogger("io.helidon.webserver.AccessLog");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ENGLISH);

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        var time = ZonedDateTime.now();
        var start = System.nanoTime();
        response.whenSent(
                () -> LOGGER.log(Level.INFO, line(request, response, time, (System.nanoTime() - start) / 1000)));
        chain.proceed();
    }

    private static String line(RoutingRequest request, RoutingResponse response, ZonedDateTime time, long micros) {
        var prologue = request.prologue();
        return request.remotePeer().host() + " - - " + TIME.format(time) + " \"" + prologue.method().text() + " "
                + prologue.uriPath().rawPath() + " " + prologue.rawProtocol() + "\" " + response.status().code() + " "
                + response.bytesWritten() + " " + micros;
    }
}
