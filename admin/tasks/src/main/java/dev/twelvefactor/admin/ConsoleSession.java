package dev.twelvefactor.admin;

import dev.twelvefactor.backing.AttachException;
import dev.twelvefactor.config.ConfigException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/** The input of a console, snippet by snippet. */
final class ConsoleSession implements AutoCloseable {
    private static final String SETTINGS = "settings";
    private static final String EXIT = "/exit";
    private static final Pattern COMMAND = Pattern.compile("\\s*/[a-z!?-].*");

    private final SnippetShell shell;
    private final PrintStream err;
    private final Map<String, DeclaredServices.Service<?>> unopened = new LinkedHashMap<>();
    private SnippetShell.Place place = new SnippetShell.Place("", 1);
    private String pending = "";

    ConsoleSession(Record settings, PrintStream out, PrintStream err) {
        this.err = err;
        shell = new SnippetShell(settings.getClass(), out, err);
        Optional<String> mirror = SettingsMirror.source(settings.getClass());
        mirror.ifPresent(shell::declare);
        String type = TypeSource.of(settings.getClass())
                .orElseGet(() -> settings.getClass().getSimpleName());
        shell.bind(type, SETTINGS, declared -> SettingsMirror.in(declared, settings));
    }

    /** Whether all of it went well; a person has seen what did not. */
    boolean run(ConsoleInput input, List<DeclaredServices.Service<?>> services)
            throws IOException, InterruptedException {
        services.forEach(service -> unopened.put(variable(service.name()), service));
        place = new SnippetShell.Place(input.name(), 1);
        if (input.interactive()) {
            List<String> variables = new ArrayList<>(List.of(SETTINGS));
            variables.addAll(unopened.keySet());
            err.println("Here are " + String.join(", ", variables) + "; " + EXIT + " ends the console.");
        }
        for (String line = input.next(false); line != null; line = input.next(!pending.isEmpty())) {
            if (pending.isEmpty() && line.strip().equals(EXIT)) {
                break;
            }
            if (!take(line) && !input.interactive()) {
                return false;
            }
        }
        boolean fine = pending.isBlank() || run(pending);
        return input.interactive() || (fine && isFinished());
    }

    /** Runs what a line makes whole, and keeps the rest until there is more. */
    private boolean take(String line) throws InterruptedException {
        if (pending.isEmpty() && COMMAND.matcher(line).matches()) {
            err.println(place + ": there is no " + line.strip() + "; write Java, or " + EXIT + " to end the console");
            place = place.plus(1);
            return false;
        }
        String text = pending + line + "\n";
        boolean fine = true;
        SnippetShell.Piece piece = shell.first(text);
        while (fine && piece.snippet().isPresent()) {
            fine = run(piece.snippet().get());
            place = place.plus(lines(text) - lines(piece.rest()));
            text = piece.rest();
            piece = shell.first(text);
        }
        pending = fine ? piece.rest() : "";
        place = place.plus(lines(text) - lines(pending));
        return fine;
    }

    private static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    private boolean run(String snippet) throws InterruptedException {
        open(snippet);
        return shell.run(snippet, place);
    }

    /** Opens what a snippet mentions. A word may mean something else, so what cannot be opened is for the snippet to miss. */
    private void open(String snippet) throws InterruptedException {
        for (String name : List.copyOf(unopened.keySet())) {
            DeclaredServices.Service<?> service = unopened.get(name);
            if (service == null
                    || !Pattern.compile("\\b" + Pattern.quote(name) + "\\b")
                            .matcher(snippet)
                            .find()) {
                continue;
            }
            try {
                Object client = service.client();
                shell.bind(type(service, client), name, declared -> client);
                unopened.remove(name);
            } catch (AttachException | ConfigException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                err.println(e.getMessage());
            }
        }
    }

    private static String type(DeclaredServices.Service<?> service, Object client) {
        return service.type()
                .filter(type -> ClientType.raw(type).isInstance(client))
                .flatMap(TypeSource::of)
                .orElseGet(() -> TypeSource.nearest(client.getClass()));
    }

    /** A name of the kind {@code read-replica} becomes {@code readReplica}. */
    private String variable(String attachment) {
        StringBuilder name = new StringBuilder();
        for (String word : attachment.split("[^\\p{Alnum}_$]+", -1)) {
            name.append(
                    name.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        while (!SourceVersion.isName(name)
                || name.toString().equals(SETTINGS)
                || unopened.containsKey(name.toString())) {
            name.append('_');
            if (!Character.isJavaIdentifierStart(name.charAt(0))) {
                name.insert(0, '_');
            }
        }
        return name.toString();
    }

    private boolean isFinished() {
        List<String> unfinished = shell.unfinished();
        unfinished.forEach(err::println);
        return unfinished.isEmpty();
    }

    @Override
    public void close() {
        shell.close();
    }
}
