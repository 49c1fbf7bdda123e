package dev.twelvefactor.app;

import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;

/** The options of {@code admin config}. */
record ConfigOptions(
        @Default("report")
        @Doc("what is printed: the values of now, or the variables for a .env.example, a document, a tool")
        Format format) {
    /** What it prints. */
    enum Format {
        REPORT,
        DOTENV,
        MARKDOWN,
        SCHEMA
    }
}
