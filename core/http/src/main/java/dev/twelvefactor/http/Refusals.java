package dev.twelvefactor.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What is told of requests that are refused before they have a route.
 *
 * @param level of their events
 */
record Refusals(RequestMeters meters, Level level) {
    private static final Logger ACCESS = LoggerFactory.getLogger("http.access");

    /** {@code method} and {@code target} are empty if they have not come. */
    void tell(Framing.Refusal refusal, String method, String target, String remoteAddress) {
        meters.refused(refusal.status());
        ACCESS.atLevel(level)
                .addKeyValue("method", method)
                .addKeyValue("path", RequestPath.ofTarget(target))
                .addKeyValue("status", refusal.status())
                .addKeyValue("detail", refusal.detail())
                .addKeyValue("remote_address", remoteAddress)
                .log("request refused");
    }
}
