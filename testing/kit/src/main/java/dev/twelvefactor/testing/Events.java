package dev.twelvefactor.testing;

import java.util.List;
import java.util.Map;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Lines of a log as what they have to be: one JSON object each, with no name in it twice. */
public final class Events {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private Events() {}

    /**
     * The events of these lines.
     *
     * @throws AssertionError if a line is none
     */
    public static List<Map<String, Object>> parse(List<String> lines) {
        return lines.stream().map(Events::parse).toList();
    }

    private static Map<String, Object> parse(String line) {
        try {
            return STRICT.readValue(line, OBJECT);
        } catch (RuntimeException e) {
            throw new AssertionError("a line of the log is no JSON object: " + line, e);
        }
    }
}
