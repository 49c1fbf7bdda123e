package dev.twelvefactor.http;

import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** JSON both ways, with Jackson; made when the first body needs it, since that takes time a start has better uses for. */
final class Json {
    private static final class Holder {
        static final JsonMapper MAPPER = JsonMapper.builder()
                .addModule(new SimpleModule()
                        .addSerializer(Secret.class, ToStringSerializer.instance)
                        .addSerializer(ServiceUrl.class, ToStringSerializer.instance))
                .build();
    }

    private Json() {}

    static byte[] write(Object value) {
        return Holder.MAPPER.writeValueAsBytes(value);
    }

    static <T> T read(byte[] json, Class<T> type) {
        try {
            return present(Holder.MAPPER.readValue(json, type));
        } catch (JacksonException e) {
            throw refusal(e);
        }
    }

    static <T> T read(byte[] json, TypeReference<T> type) {
        try {
            return present(Holder.MAPPER.readValue(json, type));
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
        Optional<String> why = e instanceof ValueInstantiationException
                ? Optional.ofNullable(e.getCause()).map(Throwable::getMessage)
                : Optional.empty();
        String place = field.isEmpty() ? "The body" : "The field " + field;
        return new HttpException(
                422,
                place
                        + why.map(words -> " was refused: " + words)
                                .orElse(" is missing or of another type than expected."));
    }
}
