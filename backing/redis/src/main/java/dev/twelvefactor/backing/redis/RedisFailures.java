package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Connector.Failure;
import dev.twelvefactor.backing.NetworkFailures;
import io.lettuce.core.RedisLoadingException;

/** What Redis and Lettuce say, in sentences. */
final class RedisFailures {
    private RedisFailures() {}

    static Failure explain(Throwable failure, RedisAddress address) {
        for (Throwable cause : NetworkFailures.causes(failure)) {
            String message = String.valueOf(cause.getMessage());
            if (message.startsWith("WRONGPASS") || message.contains("invalid password")) {
                return Failure.permanent("the user \""
                        + address.url()
                                .current()
                                .user()
                                .filter(user -> !user.isEmpty())
                                .orElse("default")
                        + "\" or its password was refused");
            }
            if (message.startsWith("NOAUTH")) {
                return Failure.permanent("the server wants a password; write redis://:password@host");
            }
            if (message.contains("max number of clients")) {
                return Failure.passing("the server has no connection left (maxclients)");
            }
            if (cause instanceof RedisLoadingException || message.startsWith("LOADING")) {
                return Failure.passing("the server is starting up");
            }
            if (message.contains("not connected")
                    || message.contains("Connection closed")
                    || message.contains("Connection disconnected")) {
                return Failure.passing("the connection is lost, and is being tried again");
            }
            if (message.startsWith("NOPERM")) {
                return Failure.permanent(
                        "the user may not do what a client has to at its start (its ACL lacks +ping, +hello or +select)");
            }
            if (message.contains("DB index is out of range")) {
                return Failure.permanent(
                        "the server has no database " + address.uris().get(0).getDatabase());
            }
            if (message.contains("omain socket")) {
                return Failure.permanent(
                        "a socket needs Netty's native transport; add io.netty:netty-transport-native-epoll for this platform");
            }
            if (message.contains("CLUSTERDOWN")) {
                return Failure.passing("the cluster is down (a part of its keys has no server)");
            }
            if (message.contains("cluster support disabled")) {
                return Failure.permanent("the server is no cluster; leave cluster=true out");
            }
            if (message.contains("for masterId")) {
                return Failure.passing("no sentinel knows the master \""
                        + address.uris().get(0).getSentinelMasterId() + "\"");
            }
        }
        return NetworkFailures.explain(failure)
                .orElse(Failure.passing("the server did not answer as Redis in time"
                        + (address.isTls() ? " (perhaps it does not speak TLS on this port)" : "")));
    }
}
