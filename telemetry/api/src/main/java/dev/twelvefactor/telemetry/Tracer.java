package dev.twelvefactor.telemetry;

import org.jspecify.annotations.Nullable;

/** Records what a process does, piece by piece. {@link #NONE} records nothing and gives each piece its ids. */
public interface Tracer {
    /** Gives ids, and records nothing. */
    Tracer NONE = (kind, name, parent) ->
            // What has begun here has a span id that nobody else has.
            new Untraced(parent.continued() ? parent.child() : parent);

    /** What kind of work a span is. */
    enum Kind {
        /** A request that the process answers. */
        SERVER,
        /** A job that a worker takes. */
        CONSUMER,
        /** What the process does by itself: a task. */
        INTERNAL
    }

    /**
     * A piece of work begins. To be called on any thread; it does not wait.
     *
     * @param name few different ones: {@code GET /entries/{id}}
     * @param parent what this is a part of; its span id may be that of another process
     */
    Span begin(Kind kind, String name, Trace parent);

    /** A piece of work. */
    interface Span {
        /** Its ids. */
        Trace trace();

        /** Whether what is set on it goes anywhere. */
        boolean recording();

        /** Notes something about it, under a name of the semantic conventions: {@code http.route}. */
        void set(String attribute, Object value);

        /** Makes it the work that the thread is at, until the scope is closed on the same thread. */
        Trace.Scope open();

        /** It is over. */
        void end(@Nullable Throwable failure);
    }

    /** A span that nobody records. */
    record Untraced(Trace trace) implements Span {
        @Override
        public boolean recording() {
            return false;
        }

        @Override
        public void set(String attribute, Object value) {}

        @Override
        public Trace.Scope open() {
            return trace.open();
        }

        @Override
        public void end(@Nullable Throwable failure) {}
    }
}
