package dev.twelvefactor.http;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.telemetry.Tracer;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a server shows and tells to those who operate its process.
 *
 * @param attachments whose state health shows
 * @param lifecycle whose drain the server takes part in, and whose state its readiness shows
 * @param tracer records the requests
 * @param identity who the process is, for health: {@code service}, {@code version}, {@code release}
 * @param management more that {@code MANAGEMENT_PORT} answers, and only that
 */
public record Operations(
        Attachments attachments,
        Lifecycle lifecycle,
        Tracer tracer,
        Supplier<Map<String, String>> identity,
        Consumer<Routes> management) {

    /** Health alone. */
    public static Operations of(Attachments attachments, Lifecycle lifecycle) {
        return new Operations(attachments, lifecycle, Tracer.NONE, Map::of, routes -> {});
    }
}
