package dev.twelvefactor.http;

import dev.twelvefactor.config.RotatingSecret;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** JSON both ways, with Jackson; its mapper is made when the first body needs it, since that takes time a start has better uses for. */
final class Json {
    /** As it is without the app's wishes: for problem documents, sessions, and values that no route has to do with. */
    static final Json STANDARD = new Json(builder -> builder);

    private final UnaryOperator<JsonMapper.Builder> wishes;
    private volatile @Nullable JsonMapper made;

    /** {@code wishes} changes what the library sets; whatever it does, secrets stay masked. */
    Json(UnaryOperator<JsonMapper.Builder> wishes) {
        this.wishes = wishes;
    }

    private JsonMapper mapper() {
        JsonMapper mapper = made;
        if (mapper == null) {
            // Twice by two threads at once does no harm.
            // To cut a fraction off would change what the client has sent, and 1e99999 is a whole number of 41 kB.
            JsonMapper.Builder strict = JsonMapper.builder().disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
            mapper = wishes.apply(strict)
                    .addModule(new SimpleModule("twelvefactor")
                            .addSerializer(Secret.class, ToStringSerializer.instance)
                            .addSerializer(RotatingSecret.class, ToStringSerializer.instance)
                            .addSerializer(ServiceUrl.class, ToStringSerializer.instance))
                    .build();
            made = mapper;
        }
        return mapper;
    }

    byte[] write(Object value) {
        return mapper().writeValueAsBytes(value);
    }

    <T> T read(byte[] json, Class<T> type) {
        try {
            return present(mapper().readValue(json, type));
        } catch (JacksonException e) {
            throw refusal(e);
        }
    }

    <T> T read(byte[] json, TypeReference<T> type) {
        try {
            return present(mapper().readValue(json, type));
        } catch (JacksonException e) {
            throw refusal(e);
        }
    }

    private static <T> T present(T value) {
        if (value == null) {
            throw new HttpException(422, "The body is null.");
        }
        return value;
    }

    /** What Jackson says names classes of the app, so the client is told the field and, of the app's own words, a record's refusal. */
    private static HttpException refusal(JacksonException e) {
        if (!(e instanceof DatabindException)) {
            return new HttpException(400, "The body is not well-formed JSON.");
        }
        String field = e.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."));
        // An IllegalArgumentException is a record's rejection, in the app's words. What a defect says, like the JDK's
        // text
        // of a NullPointerException, tells how the program is built.
        Optional<String> why =
                e instanceof ValueInstantiationException && e.getCause() instanceof IllegalArgumentException rejection
                        ? Optional.ofNullable(rejection.getMessage())
                        : Optional.empty();
        String place = field.isEmpty() ? "The body" : "The field " + field;
        return new HttpException(
                422,
                place
                        + why.map(words -> " was refused: " + words)
                                .orElse(" is missing or of another type than expected."));
    }
}
