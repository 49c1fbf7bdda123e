package dev.twelvefactor.backing.redis;

import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sees when one connection is silent: a command was sent, and the server has answered nothing since. Lettuce lets commands time out one by one on a connection whose other end is
 * gone, and connects again only when the system gives up, a quarter of an hour later.
 */
final class AnswerWatch extends ChannelDuplexHandler {
    private final Channel channel;
    /** Those that the server may leave without an answer for as long as they say. */
    private final Queue<RedisCommand<?, ?, ?>> blocking = new ConcurrentLinkedQueue<>();

    private volatile boolean waits;
    private volatile long since;
    private volatile long lastAnswer = System.nanoTime();

    private AnswerWatch(Channel channel) {
        this.channel = channel;
    }

    /** Begins to watch a channel that Lettuce has made. */
    static AnswerWatch of(Channel channel) {
        AnswerWatch watch = new AnswerWatch(channel);
        String commands = channel.pipeline().context(CommandHandler.class).name();
        channel.pipeline().addBefore(commands, "answer-watch", watch);
        return watch;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Whether the server has left a command without an answer for longer than this, blocking commands aside. */
    boolean isSilentFor(Duration time) {
        blocking.removeIf(RedisCommand::isDone);
        return waits && blocking.isEmpty() && System.nanoTime() - since > time.toNanos();
    }

    /** Whether anything came after a moment of {@link System#nanoTime}. */
    boolean hasAnsweredSince(long moment) {
        return lastAnswer - moment > 0;
    }

    void endConnection() {
        ChannelFuture unused = channel.close();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof RedisCommand<?, ?, ?> command) {
            sent(command);
        } else if (message instanceof Collection<?> commands) {
            for (Object each : commands) {
                if (each instanceof RedisCommand<?, ?, ?> command) {
                    sent(command);
                }
            }
        }
        ChannelFuture unused = context.write(message, promise);
    }

    private void sent(RedisCommand<?, ?, ?> command) {
        if (!waits) {
            since = System.nanoTime();
            waits = true;
        }
        if (CommandTimeouts.blockingMillis(command).isPresent()) {
            blocking.removeIf(RedisCommand::isDone);
            blocking.add(command);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastAnswer = System.nanoTime();
        waits = false;
        context.fireChannelRead(message);
    }
}
