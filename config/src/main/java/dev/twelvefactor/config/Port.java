package dev.twelvefactor.config;

/**
 * A TCP port.
 *
 * @param number 0 to 65535; 0 lets the operating system pick a free one where a port is bound
 */
public record Port(int number) {
    /** Refuses what is no port. */
    public Port {
        if (number < 0 || number > 65535) {
            throw new IllegalArgumentException("a port is a number from 0 to 65535, not " + number);
        }
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
