package dev.twelvefactor.testing.mongo;

import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The memory that asks who is there, and that outlives the server in front of it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7677">RFC 7677, SCRAM-SHA-256</a>
 */
final class Authenticating extends MemoryBackend {
    private static final Set<String> OPEN_TO_ALL = Set.of("hello", "isMaster", "ismaster", "ping", "buildInfo");
    private static final int ROUNDS = 15_000;

    private final String user;
    private final byte[] salt = random(16);
    private final byte[] saltedPassword;
    private final Map<Channel, Conversation> conversations = new ConcurrentHashMap<>();
    private final Set<Channel> known = ConcurrentHashMap.newKeySet();

    /** What the two have said so far. */
    private record Conversation(String clientFirst, String serverFirst, String nonce) {}

    Authenticating(String user, String password) {
        this.user = user;
        try {
            this.saltedPassword = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ROUNDS, 256))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server that stops leaves the data to the next. */
    @Override
    public void close() {
        conversations.clear();
        known.clear();
    }

    void forget() {
        super.close();
    }

    @Override
    public void handleClose(Channel channel) {
        conversations.remove(channel);
        known.remove(channel);
        super.handleClose(channel);
    }

    /** Which ways to log in there are is part of the greeting. */
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query)
            throws MongoServerException {
        Document reply = super.handleCommand(channel, database, command, query);
        if (query.containsKey("saslSupportedMechs")) {
            reply.append("saslSupportedMechs", List.of("SCRAM-SHA-256"));
        }
        return reply;
    }

    @Override
    public Document handleMessage(MongoMessage message) throws MongoServerException {
        Document document = message.getDocument();
        String command = document.keySet().iterator().next();
        Channel channel = message.getChannel();
        if (command.equals("saslStart")) {
            return begun(channel, text(document));
        }
        if (command.equals("saslContinue")) {
            return ended(channel, text(document));
        }
        if (!known.contains(channel) && !OPEN_TO_ALL.contains(command)) {
            throw new MongoServerError(13, "Unauthorized", "command " + command + " requires authentication");
        }
        return super.handleMessage(message);
    }

    private Document begun(Channel channel, String said) throws MongoServerError {
        String clientFirst = said.substring(said.indexOf("n="));
        if (!field(clientFirst, "n").equals(user)) {
            throw refused();
        }
        String nonce = field(clientFirst, "r") + Base64.getEncoder().encodeToString(random(18));
        String serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i=" + ROUNDS;
        conversations.put(channel, new Conversation(clientFirst, serverFirst, nonce));
        return reply(serverFirst, false);
    }

    private Document ended(Channel channel, String said) throws MongoServerError {
        Conversation conversation = conversations.remove(channel);
        if (conversation == null) {
            throw refused();
        }
        String withoutProof = said.substring(0, said.indexOf(",p="));
        byte[] all = bytes(conversation.clientFirst() + "," + conversation.serverFirst() + "," + withoutProof);
        byte[] clientKey = hmac(saltedPassword, bytes("Client Key"));
        byte[] signature = hmac(sha256(clientKey), all);
        byte[] proof = new byte[clientKey.length];
        for (int i = 0; i < proof.length; i++) {
            proof[i] = (byte) (clientKey[i] ^ signature[i]);
        }
        boolean right = MessageDigest.isEqual(proof, decoded(field(said, "p")))
                && field(said, "r").equals(conversation.nonce());
        if (!right) {
            throw refused();
        }
        known.add(channel);
        byte[] answer = hmac(hmac(saltedPassword, bytes("Server Key")), all);
        return reply("v=" + Base64.getEncoder().encodeToString(answer), true);
    }

    private static MongoServerError refused() {
        return new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
    }

    private static Document reply(String text, boolean done) {
        return new Document("conversationId", 1)
                .append("done", done)
                .append("payload", new BinData(bytes(text)))
                .append("ok", 1.0);
    }

    private static String text(Document document) {
        @Nullable Object payload = document.get("payload");
        return payload instanceof BinData data
                ? new String(data.getData(), StandardCharsets.UTF_8)
                : new String((byte[]) Objects.requireNonNull(payload), StandardCharsets.UTF_8);
    }

    private static String field(String message, String name) {
        for (String part : message.split(",", -1)) {
            if (part.startsWith(name + "=")) {
                return part.substring(2);
            }
        }
        return "";
    }

    private static byte[] decoded(String text) throws MongoServerError {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw refused();
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
