package dev.twelvefactor.benchmarks.binding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fifty variables: text, numbers, switches and durations. */
record Fifty(
        String host0,
        int port0,
        boolean enabled0,
        Duration timeout0,
        long limit0,
        String host1,
        int port1,
        boolean enabled1,
        Duration timeout1,
        long limit1,
        String host2,
        int port2,
        boolean enabled2,
        Duration timeout2,
        long limit2,
        String host3,
        int port3,
        boolean enabled3,
        Duration timeout3,
        long limit3,
        String host4,
        int port4,
        boolean enabled4,
        Duration timeout4,
        long limit4,
        String host5,
        int port5,
        boolean enabled5,
        Duration timeout5,
        long limit5,
        String host6,
        int port6,
        boolean enabled6,
        Duration timeout6,
        long limit6,
        String host7,
        int port7,
        boolean enabled7,
        Duration timeout7,
        long limit7,
        String host8,
        int port8,
        boolean enabled8,
        Duration timeout8,
        long limit8,
        String host9,
        int port9,
        boolean enabled9,
        Duration timeout9,
        long limit9) {

    /** What an app reads: its variables begin with {@code APP_}. */
    record Settings(Fifty app) {}

    /** Each with a value, among as many as a container has of its own. */
    static Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < 30; i++) {
            variables.put("SOME_OTHER_VARIABLE_" + i, "value " + i);
        }
        for (int i = 0; i < 10; i++) {
            variables.put("APP_HOST" + i, "host-" + i + ".example.org");
            variables.put("APP_PORT" + i, Integer.toString(8000 + i));
            variables.put("APP_ENABLED" + i, i % 2 == 0 ? "true" : "false");
            variables.put("APP_TIMEOUT" + i, "PT" + (30 + i) + "S");
            variables.put("APP_LIMIT" + i, Long.toString(1_000_000_000_000L + i));
        }
        return variables;
    }
}
