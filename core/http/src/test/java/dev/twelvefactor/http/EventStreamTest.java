package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    record Event(String type, String data) {}

    /**
     * What a browser makes of a stream.
     *
     * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">9.2.6</a>
     */
    private static List<Event> parse(String stream) {
        List<Event> events = new ArrayList<>();
        StringBuilder data = new StringBuilder();
        String type = "";
        for (String line : stream.split("\r\n|\r|\n", -1)) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (line.isEmpty()) {
                if (data.length() > 0) {
                    data.setLength(data.length() - 1);
                    events.add(new Event(type.isEmpty() ? "message" : type, data.toString()));
                }
                data.setLength(0);
                type = "";
            } else if (field.equals("event")) {
                type = value;
            } else if (field.equals("data")) {
                data.append(value).append('\n');
            }
        }
        return events;
    }

    private List<Event> received(List<Event> sent) throws IOException, InterruptedException {
        routes.get(
                "/events",
                request -> Response.events(events -> {
                    for (Event event : sent) {
                        if (event.type().equals("message")) {
                            events.send(event.data());
                        } else {
                            events.send(event.type(), event.data());
                        }
                    }
                }));
        RunningServer server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
        return parse(HttpClient.newHttpClient()
                .send(server.request("/events").build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    @Test
    void keeps_every_line_end_of_the_data() throws Exception {
        List<Event> sent = IntStream.range(0, 16)
                .mapToObj(i -> List.of("\n", "a\n", "\na", "a\n\n", "\n\n", "", "a", " a", "  ", "a\n ", ":", "data: x")
                        .get(i % 12))
                .map(data -> new Event("message", data))
                .toList();
        assertThat(received(sent)).isEqualTo(sent);
    }

    @Test
    void gives_carriage_returns_as_the_line_ends_that_they_are() throws Exception {
        List<Event> sent = List.of(
                new Event("message", "a\r"),
                new Event("message", "a\r\n"),
                new Event("tick", "\r\n\r"),
                new Event("message", "a\n\rb"));
        assertThat(received(sent)).extracting(Event::data).containsExactly("a\n", "a\n", "\n\n", "a\n\nb");
    }

    @Test
    void arrives_as_it_was_sent_whatever_the_text() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "\n",
                "\n",
                " ",
                ":",
                "data:",
                "event: x",
                "id: 1",
                "retry: 1",
                "token",
                "ü",
                "😀",
                "\u0000",
                "\uFEFF",
                "\u0085",
                "\u2028",
                "\t",
                "\u000B");
        List<Event> sent = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            StringBuilder data = new StringBuilder();
            random.ints(random.nextInt(8), 0, pieces.size()).forEach(piece -> data.append(pieces.get(piece)));
            sent.add(new Event(random.nextBoolean() ? "message" : "tick", data.toString()));
        }
        assertThat(received(sent)).as("seed %d", seed).isEqualTo(sent);
    }
}
