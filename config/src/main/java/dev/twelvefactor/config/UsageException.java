package dev.twelvefactor.config;

import java.util.List;

/** A command line is wrong. The message lists every problem. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(List<Problem> problems) {
        super(Report.of("The command line is invalid", problems));
    }
}
