package dev.twelvefactor.http;

import dev.twelvefactor.config.Port;
import java.net.BindException;
import java.net.InetSocketAddress;

/**
 * Where a port is bound.
 *
 * @param variable what operators know the port by: {@code PORT}
 */
record ListenAddress(String variable, String host, Port port) {
    InetSocketAddress resolved() throws BindException {
        InetSocketAddress address = new InetSocketAddress(host, port.number());
        if (address.isUnresolved()) {
            throw new BindException("the name of the address is not known");
        }
        return address;
    }

    /** The failure in words that say which of the ports it is. */
    BindException notBound(BindException e) {
        BindException named =
                new BindException(variable + " " + port + " on " + host + " cannot be bound: " + e.getMessage());
        named.initCause(e);
        return named;
    }
}
