package dev.twelvefactor.backing.redis;

import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a command may take: the URL's timeout, and in addition the time that a blocking command asks the server to wait. */
final class CommandTimeouts extends TimeoutOptions.TimeoutSource {
    /** What Lettuce, and Redis too, takes for "without a limit". */
    private static final long NONE = 0;

    private static final Pattern BLOCK = Pattern.compile("(?:^| )BLOCK (\\d{1,18})(?= )");

    private final long timeoutMillis;

    CommandTimeouts(Duration timeout) {
        this.timeoutMillis = timeout.toMillis();
    }

    @Override
    public TimeUnit getTimeUnit() {
        return TimeUnit.MILLISECONDS;
    }

    @Override
    public long getTimeout(RedisCommand<?, ?, ?> command) {
        return blockingMillis(command)
                .map(millis -> millis == NONE ? NONE : timeoutMillis + millis)
                .orElse(timeoutMillis);
    }

    /** The time that a command asks the server to wait, {@link #NONE} if that is without a limit; empty unless it is a blocking command. */
    static Optional<Long> blockingMillis(RedisCommand<?, ?, ?> command) {
        if (!(command.getType() instanceof CommandType type) || command.getArgs() == null) {
            return Optional.empty();
        }
        return switch (type) {
            case BLPOP, BRPOP, BRPOPLPUSH, BLMOVE, BZPOPMIN, BZPOPMAX -> millis(last(command), 1000);
            case BLMPOP, BZMPOP -> millis(first(command), 1000);
            case WAIT -> millis(last(command), 1);
            case XREAD, XREADGROUP -> {
                Matcher block = BLOCK.matcher(command.getArgs().toCommandString());
                yield block.find() ? millis(block.group(1), 1) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private static String first(RedisCommand<?, ?, ?> command) {
        String arguments = command.getArgs().toCommandString();
        int space = arguments.indexOf(' ');
        return space < 0 ? arguments : arguments.substring(0, space);
    }

    private static String last(RedisCommand<?, ?, ?> command) {
        String arguments = command.getArgs().toCommandString();
        return arguments.substring(arguments.lastIndexOf(' ') + 1);
    }

    private static Optional<Long> millis(String number, int unit) {
        try {
            return Optional.of((long) Math.ceil(Double.parseDouble(number) * unit));
        } catch (NumberFormatException e) {
            // The server refuses the command.
            return Optional.empty();
        }
    }
}
