package dev.twelvefactor.logging;

/** How an event is written. */
public enum LogFormat {
    /** One JSON object a line, for the platform. */
    JSON,
    /**
     * One JSON object a line, with the names and types of the Elastic Common Schema.
     *
     * @see <a href="https://www.elastic.co/guide/en/ecs/current/index.html">Elastic Common Schema</a>
     */
    ECS,
    /** A short line, for a person at a terminal. */
    TEXT
}
