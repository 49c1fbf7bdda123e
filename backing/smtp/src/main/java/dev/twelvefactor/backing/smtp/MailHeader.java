package dev.twelvefactor.backing.smtp;

import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The header of a mail as it goes out: in ASCII wherever a header can be written so. */
final class MailHeader {
    private static final Set<String> ADDRESSES = Set.of(
            "from",
            "sender",
            "reply-to",
            "to",
            "cc",
            "resent-from",
            "resent-sender",
            "resent-to",
            "resent-cc",
            "disposition-notification-to",
            "return-receipt-to",
            "errors-to");
    /** Where an encoded word would not be decoded. */
    private static final Pattern STRUCTURED = Pattern.compile(
            "content-.*|message-id|in-reply-to|references|date|mime-version|received|return-path|.*signature");
    /** A line break that does not continue the header would begin another one, or the body. */
    private static final Pattern BROKEN = Pattern.compile("\r?\n(?![ \t])|\r(?!\n)|\u0000");

    private MailHeader() {}

    /** Its lines, without the one that is for nobody's eyes. */
    static List<String> outgoing(MimeMessage mail) throws MessagingException {
        if (mail.getMessageID() == null) {
            mail.saveChanges();
        }
        List<String> lines = new ArrayList<>();
        for (String line : Collections.list(mail.getAllHeaderLines())) {
            lines.add(name(line).equalsIgnoreCase("Bcc") ? line : outgoing(line));
        }
        return lines;
    }

    static String name(String line) {
        return line.substring(0, Math.max(0, line.indexOf(':'))).strip();
    }

    /** All names, to leave them out. */
    static String[] names(MimeMessage mail) throws MessagingException {
        return Collections.list(mail.getAllHeaders()).stream()
                .map(Header::getName)
                .toArray(String[]::new);
    }

    private static String outgoing(String line) throws MessagingException {
        String name = name(line);
        if (BROKEN.matcher(line).find()) {
            throw new AddressException("the header " + name.replaceAll("\\p{Cntrl}", "?")
                    + " has a line break or a zero byte in its value; remove it");
        }
        if (MailAddresses.isAscii(line)) {
            return line;
        }
        String value = MimeUtility.unfold(line.substring(line.indexOf(':') + 1)).strip();
        String lower = name.toLowerCase(Locale.ROOT);
        try {
            if (ADDRESSES.contains(lower)) {
                return name + ": " + addresses(InternetAddress.parseHeader(value, false), name.length() + 2);
            }
            if (lower.equals("message-id") && value.startsWith("<") && value.endsWith(">")) {
                return name + ": <" + MailAddresses.withAsciiHost(value.substring(1, value.length() - 1)) + ">";
            }
            return STRUCTURED.matcher(lower).matches()
                    ? line
                    : name + ": " + MimeUtility.fold(name.length() + 2, MimeUtility.encodeText(value, "UTF-8", null));
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String addresses(InternetAddress[] addresses, int used)
            throws MessagingException, UnsupportedEncodingException {
        InternetAddress[] outgoing = new InternetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            outgoing[i] = outgoing(addresses[i]);
        }
        return InternetAddress.toString(outgoing, used);
    }

    private static InternetAddress outgoing(InternetAddress address)
            throws MessagingException, UnsupportedEncodingException {
        InternetAddress outgoing = new InternetAddress();
        if (address.isGroup()) {
            String group = address.getAddress();
            int colon = group.indexOf(':');
            InternetAddress[] members = address.getGroup(false);
            outgoing.setAddress(MimeUtility.encodeWord(group.substring(0, colon), "UTF-8", null) + ":"
                    + (members == null ? "" : addresses(members, colon)) + ";");
        } else {
            outgoing.setAddress(MailAddresses.withAsciiHost(address.getAddress()));
            outgoing.setPersonal(address.getPersonal(), "UTF-8");
        }
        return outgoing;
    }
}
