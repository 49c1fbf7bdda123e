package dev.twelvefactor.backing.smtp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A mail server that keeps the bytes that it gets, and answers each command as a test wants it: what the library in {@code twelvefactor-testing-smtp} has no setting for. */
final class ScriptedMailServer implements AutoCloseable {
    /** What the script answers in the place of closing the connection. */
    static final String HANG_UP = "";

    /** The mail is taken, and the connection ends without waiting for QUIT. */
    static final String LAST_ANSWER = "250 ok, that was all";

    private static final String END = ".";

    /** What one connection sent: its commands, and the mails in between. */
    record Conversation(List<String> commands, List<String> mails) {
        long count(String verb) {
            return commands.stream().filter(verb::equals).count();
        }

        boolean has(String command) {
            return commands.contains(command);
        }
    }

    private final ServerSocket listener;
    private final List<String> extensions;
    private final UnaryOperator<String> script;
    private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * Starts one.
     *
     * @param extensions what it offers, such as {@code SMTPUTF8}
     * @param script the answer to a command, or to {@code .}, which is the end of a mail; null for the usual one
     */
    ScriptedMailServer(List<String> extensions, UnaryOperator<String> script) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.extensions = List.copyOf(extensions);
        this.script = script;
        daemon(this::accept);
    }

    static ScriptedMailServer offering(String... extensions) throws IOException {
        return new ScriptedMailServer(List.of(extensions), command -> null);
    }

    String url() {
        return "smtp://127.0.0.1:" + listener.getLocalPort();
    }

    List<Conversation> conversations() {
        return List.copyOf(conversations);
    }

    List<String> mails() {
        return conversations.stream().flatMap(one -> one.mails().stream()).toList();
    }

    /** All commands of all connections that begin so. */
    List<String> commands(String verb) {
        return conversations.stream()
                .flatMap(one -> one.commands().stream())
                .filter(command -> command.startsWith(verb))
                .toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void serve(Socket socket) {
        Conversation conversation = new Conversation(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        conversations.add(conversation);
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            say(out, "220 scripted ESMTP");
            for (String command = line(in); command != null; command = line(in)) {
                conversation.commands().add(command);
                String answer = answer(command);
                if (answer.equals(HANG_UP)) {
                    return;
                }
                say(out, answer);
                if (answer.startsWith("354")) {
                    conversation.mails().add(mail(in));
                    String end = answer(END);
                    if (end.equals(HANG_UP)) {
                        return;
                    }
                    say(out, end);
                    if (end.equals(LAST_ANSWER)) {
                        // A reset: what the client sends now is an error at once.
                        socket.setSoLinger(true, 0);
                        return;
                    }
                } else if (answer.startsWith("221") || answer.startsWith("421")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client is gone.
        } finally {
            sockets.remove(socket);
        }
    }

    private String answer(String command) {
        String scripted = script.apply(command);
        if (scripted != null) {
            return scripted;
        }
        if (command.startsWith("EHLO")) {
            StringBuilder answer = new StringBuilder("250-scripted");
            extensions.forEach(extension -> answer.append("\r\n250-").append(extension));
            return answer.append("\r\n250 HELP").toString();
        }
        return switch (command) {
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> command.startsWith("AUTH ") ? "235 welcome" : "250 ok";
        };
    }

    private static void say(OutputStream out, String answer) throws IOException {
        out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String mail(InputStream in) throws IOException {
        StringBuilder mail = new StringBuilder();
        for (String line = line(in); line != null && !line.equals(END); line = line(in)) {
            mail.append(line).append("\n");
        }
        return mail.toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                return null;
            }
            line.write(read);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted-mail-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
