package dev.twelvefactor.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** A network in CIDR notation (RFC 4632), such as {@code 10.0.0.0/8}; a single address stands for itself. */
public final class Network {
    /** The longest text of an address: six groups of IPv6 and an address of IPv4 (RFC 4291, 2.2). */
    private static final int MAX_ADDRESS_LENGTH = 45;

    private static final String FORM = "write an address or a network such as 10.0.0.0/8";

    private final byte[] address;
    private final int prefix;

    private Network(byte[] address, int prefix) {
        this.address = address;
        this.prefix = prefix;
    }

    /**
     * Reads the notation.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = literal(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException(FORM))
                .getAddress();
        String bits = slash < 0 ? Integer.toString(address.length * 8) : text.substring(slash + 1);
        if (!Grammar.isDigits(bits)) {
            throw new IllegalArgumentException(FORM);
        }
        if (bits.length() > 3 || Integer.parseInt(bits) > address.length * 8) {
            throw new IllegalArgumentException("its prefix is from 0 to " + address.length * 8);
        }
        return new Network(address, Integer.parseInt(bits));
    }

    /**
     * A literal address; empty for anything else. Names, and what the JDK would take for one, such as {@code 999.1.1.1}, are not looked up: what a resolver says
     * is not what an operator trusts, and it may take seconds to say it.
     */
    static Optional<InetAddress> literal(String text) {
        if (text.isEmpty() || text.length() > MAX_ADDRESS_LENGTH) {
            return Optional.empty();
        }
        try {
            if (text.indexOf(':') < 0) {
                byte[] bytes = ipv4(text);
                return bytes.length == 0 ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
            }
            // With a colon in it, and begun like an address, the JDK does not take it for a name.
            return isIpv6(text) ? Optional.of(InetAddress.getByName(text)) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Four numbers without leading zeros, which some readers take for octal; no bytes if it is anything else. */
    private static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[parts.length == 4 ? 4 : 0];
        for (int i = 0; i < bytes.length; i++) {
            String part = parts[i];
            boolean number = part.length() <= 3
                    && Grammar.isDigits(part)
                    && (part.length() == 1 || part.charAt(0) != '0')
                    && Integer.parseInt(part) <= 255;
            if (!number) {
                return new byte[0];
            }
            bytes[i] = (byte) Integer.parseInt(part);
        }
        return bytes;
    }

    /** Whether these are the characters of an address; the JDK checks the rest. */
    private static boolean isIpv6(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Grammar.isHex(c) && c != ':' && (c != '.' || i == 0)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an address lies in this network. */
    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        int whole = prefix / 8;
        if (bytes.length != address.length || !Arrays.equals(bytes, 0, whole, address, 0, whole)) {
            return false;
        }
        int mask = 0xff00 >> (prefix % 8) & 0xff;
        return mask == 0 || ((bytes[whole] ^ address[whole]) & mask) == 0;
    }

    InetAddress address() {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return address().getHostAddress() + "/" + prefix;
    }
}
