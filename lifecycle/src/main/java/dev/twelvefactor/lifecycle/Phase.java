package dev.twelvefactor.lifecycle;

/** When a participant is drained; one phase ends before the next begins. */
public enum Phase {
    /** What takes requests from outside: drained first, all at the same time, after the drain delay. */
    SERVERS,
    /** What has work in hand that nobody waits for: drained next, all at the same time. */
    WORKERS,
    /** Connections to backing services: closed last, one by one, the newest first. */
    ATTACHMENTS
}
