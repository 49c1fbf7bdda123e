package dev.twelvefactor.admin;

import dev.twelvefactor.config.Doc;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code admin console} is asked for; without {@code --eval} and {@code --file} it reads its standard input.
 *
 * @param eval the code that is run, in place of the standard input
 * @param file the file whose code is run, in place of the standard input
 * @param sandbox whether the work in databases is rolled back at the end
 */
public record ConsoleOptions(
        @Doc("code to run; else it is read from stdin") Optional<String> eval,
        @Doc("a file with code to run") Optional<Path> file,

        @Doc("roll back at the end what was done in databases")
        boolean sandbox) {

    /** Refuses two sources of code. */
    public ConsoleOptions {
        if (eval.isPresent() && file.isPresent()) {
            throw new IllegalArgumentException("--eval and --file are two sources of code; write one of them");
        }
    }
}
