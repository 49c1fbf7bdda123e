package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An encoder that is made when the first event comes, since what it needs to know may take its time. */
final class LateEncoder implements EventEncoder {
    private final Supplier<EventEncoder> making;
    private volatile @Nullable EventEncoder made;

    LateEncoder(Supplier<EventEncoder> making) {
        this.making = making;
    }

    @Override
    public void encode(ILoggingEvent event, LineBuffer line) {
        EventEncoder encoder = made;
        (encoder == null ? make() : encoder).encode(event, line);
    }

    private synchronized EventEncoder make() {
        EventEncoder encoder = made;
        if (encoder == null) {
            encoder = making.get();
            made = encoder;
        }
        return encoder;
    }
}
