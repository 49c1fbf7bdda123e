package dev.twelvefactor.backing.smtp;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/**
 * A mail and its envelope as they go out.
 *
 * @param message the app's own message if it is ASCII throughout
 * @param recipients those of the envelope, groups expanded
 * @param needUtf8 what cannot be said in ASCII: addresses with another character before the {@code @}, and headers that cannot be encoded
 */
record OutgoingMail(MimeMessage message, List<InternetAddress> recipients, List<String> needUtf8) {
    private static final Address[] NONE = {};

    /**
     * Nothing is sent yet.
     *
     * @param configured the session's sender, for a mail that names none of its own
     * @throws SendFailedException if an address or a header cannot be sent by any server
     */
    static OutgoingMail of(MimeMessage mail, Address[] addresses, Optional<String> configured, Session session)
            throws MessagingException {
        List<InternetAddress> given = expanded(addresses);
        List<InternetAddress> recipients = recipients(given);
        try {
            String sender = sender(mail, configured, session);
            List<String> header = MailHeader.outgoing(mail);
            List<String> needUtf8 = new ArrayList<>();
            if (!MailAddresses.isAscii(sender)) {
                needUtf8.add("the address \"" + sender + "\"");
            }
            recipients.stream()
                    .map(InternetAddress::getAddress)
                    .filter(address -> !MailAddresses.isAscii(address))
                    .forEach(address -> needUtf8.add("the address \"" + address + "\""));
            header.stream()
                    .filter(line -> !MailAddresses.isAscii(line))
                    .map(MailHeader::name)
                    .filter(name -> !name.equalsIgnoreCase("Bcc"))
                    .forEach(name -> needUtf8.add("the header " + name));
            boolean unchanged = header.equals(Collections.list(mail.getAllHeaderLines()))
                    && sender.equals(givenSender(mail, configured, session))
                    && needUtf8.isEmpty();
            return new OutgoingMail(
                    unchanged ? mail : new RewrittenMail(mail, sender, header), recipients, List.copyOf(needUtf8));
        } catch (AddressException e) {
            throw refused(String.valueOf(e.getMessage()), recipients, List.of());
        }
    }

    Address[] addresses() {
        return recipients.toArray(NONE);
    }

    /** The server does not offer SMTPUTF8. */
    SendFailedException withoutUtf8() {
        List<InternetAddress> unsent = new ArrayList<>(recipients);
        List<InternetAddress> invalid = recipients.stream()
                .filter(address -> !MailAddresses.isAscii(address.getAddress()))
                .toList();
        unsent.removeAll(invalid);
        return refused(
                "the server does not offer SMTPUTF8 (RFC 6531), which " + String.join(" and ", needUtf8)
                        + (needUtf8.size() == 1 ? " needs" : " need")
                        + "; nothing was sent. Write ASCII before the @, or send through a server that offers it",
                unsent,
                invalid);
    }

    private static SendFailedException refused(
            String why, List<InternetAddress> unsent, List<InternetAddress> invalid) {
        return new SendFailedException(why, null, NONE, unsent.toArray(NONE), invalid.toArray(NONE));
    }

    private static List<InternetAddress> expanded(Address[] addresses) throws MessagingException {
        List<InternetAddress> all = new ArrayList<>();
        for (Address address : addresses) {
            InternetAddress one = (InternetAddress) address;
            InternetAddress[] members = one.isGroup() ? one.getGroup(false) : null;
            all.addAll(members == null ? List.of(one) : List.of(members));
        }
        return all;
    }

    private static List<InternetAddress> recipients(List<InternetAddress> given) throws SendFailedException {
        List<InternetAddress> valid = new ArrayList<>();
        List<InternetAddress> invalid = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (InternetAddress address : given) {
            try {
                String outgoing = MailAddresses.withAsciiHost(address.getAddress());
                if (!outgoing.equals(address.getAddress())) {
                    address = (InternetAddress) address.clone();
                    address.setAddress(outgoing);
                }
                valid.add(address);
            } catch (AddressException e) {
                invalid.add(address);
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        if (!invalid.isEmpty()) {
            throw refused(String.join("; ", reasons) + "; nothing was sent", valid, invalid);
        }
        return valid;
    }

    private static String sender(MimeMessage mail, Optional<String> configured, Session session)
            throws MessagingException {
        String sender = givenSender(mail, configured, session);
        boolean bracketed = sender.startsWith("<") && sender.endsWith(">");
        return bracketed
                ? "<" + MailAddresses.withAsciiHost(sender.substring(1, sender.length() - 1)) + ">"
                : MailAddresses.withAsciiHost(sender);
    }

    /** In the order in which the library looks for it. */
    private static String givenSender(MimeMessage mail, Optional<String> configured, Session session)
            throws MessagingException {
        if (mail instanceof SMTPMessage smtp
                && smtp.getEnvelopeFrom() != null
                && !smtp.getEnvelopeFrom().isEmpty()) {
            return smtp.getEnvelopeFrom();
        }
        if (configured.isPresent()) {
            return configured.get();
        }
        Address[] from = mail.getFrom();
        Address first = from == null || from.length == 0 ? InternetAddress.getLocalAddress(session) : from[0];
        if (!(first instanceof InternetAddress sender)) {
            throw new SendFailedException("the mail has no sender; call setFrom");
        }
        return sender.getAddress();
    }
}
