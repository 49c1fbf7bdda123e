package dev.twelvefactor.examples.guestbook;

/** What a visitor writes. */
record NewEntry(String author, String message) {
    private static final int LONGEST_AUTHOR = 80;
    private static final int LONGEST_MESSAGE = 1000;

    NewEntry {
        author = checked("author", author, LONGEST_AUTHOR);
        message = checked("message", message, LONGEST_MESSAGE);
    }

    private static String checked(String name, String text, int longest) {
        String stripped = text == null ? "" : text.strip();
        if (stripped.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (stripped.length() > longest) {
            throw new IllegalArgumentException(name + " has more than " + longest + " characters");
        }
        if (stripped.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + " has a NUL character");
        }
        return stripped;
    }
}
