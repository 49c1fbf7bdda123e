package dev.twelvefactor.backing.smtp;

import jakarta.mail.internet.AddressException;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;

/** Addresses as SMTP carries them: with an ASCII host, and without what would break a command or a header. */
final class MailAddresses {
    private static final int MAX_HOST = 255;

    private MailAddresses() {}

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /**
     * The same address with its host in ASCII. The part before the {@code @} stays as it is: only the server that owns it knows what it means.
     *
     * @throws AddressException if the address has a character that no command can carry, or a host that is not one
     */
    static String withAsciiHost(String address) throws AddressException {
        if (address.codePoints().anyMatch(MailAddresses::isForbidden)) {
            throw new AddressException("the address \"" + shown(address)
                    + "\" has a control character or one that is not valid Unicode; remove it");
        }
        int at = address.lastIndexOf('@');
        String local = at < 0 ? address : address.substring(0, at);
        boolean isQuoted = local.length() > 1 && local.startsWith("\"") && local.endsWith("\"");
        if ((!isQuoted && breaksCommand(local)) || breaksCommand(address.substring(at + 1))) {
            throw new AddressException("the address \"" + address
                    + "\" has a space or an angle bracket; write only what stands between the brackets");
        }
        return at < 0 ? address : local + "@" + asciiHost(address.substring(at + 1));
    }

    /**
     * A host in ASCII. The JDK has IDNA 2003, which maps some names to others: {@code straße.example} to {@code strasse.example}, which may belong to someone else (RFC 5892). Only
     * a host that comes back unchanged is unambiguous.
     */
    static String asciiHost(String host) throws AddressException {
        if (isAscii(host)) {
            return host;
        }
        String composed = Normalizer.normalize(host, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        String ascii;
        try {
            ascii = IDN.toASCII(composed, IDN.ALLOW_UNASSIGNED | IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException e) {
            throw new AddressException(
                    "the host \"" + shown(host) + "\" is not a valid host name (" + e.getMessage() + ")");
        }
        if (ascii.length() > MAX_HOST) {
            throw new AddressException("the host \"" + host + "\" is longer than " + MAX_HOST + " bytes");
        }
        String back = IDN.toUnicode(ascii, IDN.ALLOW_UNASSIGNED);
        if (!back.equals(composed)) {
            throw new AddressException("the host \"" + shown(host) + "\" is ambiguous; write \"" + back
                    + "\" if that is the host, or its ASCII form, which begins with xn--");
        }
        return ascii;
    }

    private static boolean breaksCommand(String part) {
        return part.chars().anyMatch(c -> c == '<' || c == '>' || Character.isWhitespace(c));
    }

    private static boolean isForbidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFFFD;
        };
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isForbidden(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
