package dev.twelvefactor.logging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The names that an app adds to its events. JSON wants each name once: one that is taken gets an underscore behind it. An app has few names and uses them often, so
 * what becomes of each is kept.
 */
final class AddedNames {
    static final int LONGEST = 256;
    private static final int MOST_KEPT = 1000;
    /** So many fields of one event may want the same name, and so many may there be; others are left out. */
    private static final int MOST_ALIKE = 10;

    private static final int MOST_IN_ALL = 1000;

    private final FieldNames names;
    private final Set<String> own;
    private final boolean ofAccess;
    private final Map<String, Name> kept = new ConcurrentHashMap<>();

    AddedNames(FieldNames names, Set<String> own, boolean ofAccess) {
        this.names = names;
        this.own = own;
        this.ofAccess = ofAccess;
    }

    /** A name as it is written. */
    static final class Name {
        private static final Name DROPPED = new Name("", new byte[0]);

        private final String text;
        private final byte[] start;
        private final long bit;

        private Name(String text, byte[] start) {
            this.text = text;
            this.start = start;
            this.bit = 1L << text.hashCode();
        }

        boolean dropped() {
            return this == DROPPED;
        }

        String text() {
            return text;
        }

        /** {@code ,"name":} in bytes. */
        byte[] start() {
            return start;
        }
    }

    /** The names that one event has already. */
    static final class Taken {
        private @Nullable Name[] taken = new Name[16];
        private int count;
        /** A bit for each that is here: most names are new, and this tells so without a comparison. */
        private long bits;

        private boolean has(Name name) {
            if ((bits & name.bit) != 0) {
                for (int i = 0; i < count; i++) {
                    Name other = taken[i];
                    if (other != null && name.text.equals(other.text)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** False if the event has as many as it may have. */
        private boolean add(Name name) {
            if (count == MOST_IN_ALL) {
                return false;
            }
            if (count == taken.length) {
                taken = Arrays.copyOf(taken, count * 2);
            }
            taken[count++] = name;
            bits |= name.bit;
            return true;
        }
    }

    Name of(String key, Taken taken) {
        Name name = kept.get(key);
        if (name == null) {
            name = make(key);
            if (kept.size() < MOST_KEPT && key.length() <= LONGEST) {
                kept.put(key, name);
            }
        }
        if (name.dropped()) {
            return name;
        }
        for (int again = 0; taken.has(name); again++) {
            if (again == MOST_ALIKE) {
                return Name.DROPPED;
            }
            name = named(name.text + "_");
        }
        return taken.add(name) ? name : Name.DROPPED;
    }

    private Name make(String key) {
        String text = names.added(key, ofAccess);
        if (text == null) {
            return Name.DROPPED;
        }
        String cut = text.substring(0, Text.end(text, LONGEST));
        // What is written is what has to be free: a lone surrogate becomes a question mark before that is known.
        return named(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    private Name named(String text) {
        String free = text;
        while (own.contains(free)) {
            free = free + "_";
        }
        return new Name(free, start(free));
    }

    static byte[] start(String name) {
        LineBuffer start =
                new LineBuffer().add(',').addQuoted(name, Integer.MAX_VALUE).add(':');
        return Arrays.copyOf(start.bytes(), start.length());
    }
}
