package dev.twelvefactor.backing.smtp;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/** A mail with another header and the same body. The app's own message stays as it is. */
final class RewrittenMail extends SMTPMessage {
    private final MimeMessage mail;
    private final List<String> lines;

    RewrittenMail(MimeMessage mail, String sender, List<String> lines) throws MessagingException {
        super((Session) null);
        this.mail = mail;
        this.lines = List.copyOf(lines);
        if (mail instanceof SMTPMessage smtp) {
            setNotifyOptions(smtp.getNotifyOptions());
            setReturnOption(smtp.getReturnOption());
            setSendPartial(smtp.getSendPartial());
            setSubmitter(smtp.getSubmitter());
            setMailExtension(smtp.getMailExtension());
        }
        setEnvelopeFrom(sender);
    }

    /** Or the library would convert the body of this message, which has none. */
    @Override
    public boolean isMimeType(String type) {
        return false;
    }

    @Override
    public void writeTo(OutputStream out, String[] ignored) throws IOException, MessagingException {
        Set<String> without = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        without.addAll(List.of(ignored));
        for (String line : lines) {
            if (!without.contains(MailHeader.name(line))) {
                out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        // The line between header and body, and the body.
        mail.writeTo(out, MailHeader.names(mail));
    }
}
