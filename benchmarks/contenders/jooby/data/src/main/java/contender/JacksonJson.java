package contender;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jooby.Body;
import io.jooby.Context;
import io.jooby.Extension;
import io.jooby.Jooby;
import io.jooby.MediaType;
import io.jooby.MessageDecoder;
import io.jooby.MessageEncoder;
import io.jooby.StatusCode;
import io.jooby.buffer.DataBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;

/** Jackson as Jooby's JSON, in the place of the module jooby-jackson, which could not be resolved in this version. */
class JacksonJson implements Extension, MessageEncoder, MessageDecoder {

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public void install(Jooby application) {
        application.encoder(MediaType.json, this);
        application.decoder(MediaType.json, this);
        application.errorCode(JsonProcessingException.class, StatusCode.BAD_REQUEST);
    }

    @Override
    public DataBuffer encode(Context ctx, Object value) throws IOException {
        ctx.setDefaultResponseType(MediaType.json);
        return ctx.getBufferFactory().wrap(mapper.writeValueAsBytes(value));
    }

    @Override
    public Object decode(Context ctx, Type type) throws IOException {
        Body body = ctx.body();
        if (body.isInMemory()) {
            return mapper.readValue(body.bytes(), mapper.constructType(type));
        }
        try (InputStream stream = body.stream()) {
            return mapper.readValue(stream, mapper.constructType(type));
        }
    }
}
