package dev.twelvefactor.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the handler of a request, runs it inside the filters and the session, and turns whatever it throws into a response. */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final Node root = new Node();
    private final Routes routes;
    private final Predicate<Throwable> isUnavailable;

    /** The router of these routes; {@code isUnavailable} knows the exceptions that mean that a backing service is away. */
    Router(Routes routes, Predicate<Throwable> isUnavailable) {
        this.routes = routes;
        this.isUnavailable = isUnavailable;
        for (Routes.Route route : routes.routes()) {
            root.add(segments(route.template()), 0, route, new ArrayList<>());
        }
    }

    /** A route, with what its template's parameters stand for in one path. */
    record Match(Routes.Route route, Map<String, String> parameters) {}

    private record Endpoint(Routes.Route route, List<String> names) {}

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Endpoint> methods = new TreeMap<>();

        @Nullable
        Node parameter;

        void add(List<String> segments, int depth, Routes.Route route, List<String> names) {
            if (depth == segments.size()) {
                if (methods.put(route.method(), new Endpoint(route, names)) != null) {
                    throw new IllegalArgumentException(
                            "two routes answer " + route.method() + " " + route.template() + "; remove one");
                }
                return;
            }
            String segment = segments.get(depth);
            if (!segment.startsWith("{")) {
                literals.computeIfAbsent(segment, unused -> new Node()).add(segments, depth + 1, route, names);
                return;
            }
            String name = segment.substring(1, segment.length() - 1);
            if (!segment.endsWith("}") || !name.matches("[A-Za-z]\\w*") || names.contains(name)) {
                throw new IllegalArgumentException("the template " + route.template()
                        + " has a parameter that is not a name of its own in braces: " + segment);
            }
            Node next = parameter == null ? new Node() : parameter;
            parameter = next;
            names.add(name);
            next.add(segments, depth + 1, route, names);
        }

        @Nullable
        Node find(List<String> segments, int depth, List<String> values) {
            if (depth == segments.size()) {
                return methods.isEmpty() ? null : this;
            }
            String segment = segments.get(depth);
            Node literal = literals.get(segment);
            Node found = literal == null ? null : literal.find(segments, depth + 1, values);
            if (found != null || parameter == null || segment.isEmpty()) {
                return found;
            }
            values.add(segment);
            found = parameter.find(segments, depth + 1, values);
            if (found == null) {
                values.remove(values.size() - 1);
            }
            return found;
        }
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    /** The route of a request, or the answer that says why there is none. */
    Object find(String method, String path) {
        if (!path.startsWith("/")) {
            return path.equals("*") && method.equals("OPTIONS")
                    ? Response.noContent()
                    : Response.problem(400, "The request's target is not a path.");
        }
        List<String> values = new ArrayList<>();
        Node node = root.find(segments(path), 0, values);
        if (node == null) {
            return Response.problem(404, "There is nothing under this address.");
        }
        Endpoint endpoint = node.methods.get(method);
        if (endpoint == null && method.equals("HEAD")) {
            endpoint = node.methods.get("GET");
        }
        if (endpoint != null) {
            return new Match(endpoint.route(), parameters(endpoint.names(), values));
        }
        TreeSet<String> allowed = new TreeSet<>(node.methods.keySet());
        allowed.add("OPTIONS");
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        Response refusal = method.equals("OPTIONS")
                ? Response.noContent()
                : Response.problem(405, "This address does not take " + method + ".");
        return refusal.withHeader("Allow", String.join(", ", allowed));
    }

    private static Map<String, String> parameters(List<String> names, List<String> values) {
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            parameters.put(names.get(i), values.get(i));
        }
        return parameters;
    }

    Response answer(Request request) {
        Object found = find(request.method(), request.path());
        return found instanceof Match match ? run(match, request) : (Response) found;
    }

    Response run(Match match, Request request) {
        Request matched = request.withPath(match.parameters());
        try {
            Handler handler = filtered(match.route().handler());
            Response response = match.route().blocking() ? inSession(matched, handler) : handler.handle(matched);
            if (response == null) {
                throw new IllegalStateException(
                        "the handler of " + match.route().template() + " returned null");
            }
            return response;
        } catch (HttpException e) {
            return Response.problem(e.status(), e.detail());
        } catch (Throwable e) {
            // An Error too: whatever a handler meets, its client gets an answer and the log gets the cause.
            return failure(request.method(), request.path(), e);
        }
    }

    private Handler filtered(Handler handler) {
        Handler filtered = handler;
        List<Filter> filters = routes.filters();
        for (int i = filters.size() - 1; i >= 0; i--) {
            Filter filter = filters.get(i);
            Handler next = filtered;
            filtered = inner -> filter.handle(inner, next);
        }
        return filtered;
    }

    /** A session means waiting for its store, so there is none on the IO thread. */
    private Response inSession(Request request, Handler handler) throws Exception {
        if (routes.sessions().isEmpty()) {
            return handler.handle(request);
        }
        Routes.Sessions sessions = routes.sessions().get();
        SessionHolder holder = new SessionHolder(sessions.store(), sessions.timeToLive());
        Request withSession = request.withSessions(holder);
        holder.checkCsrf(withSession);
        return holder.save(withSession, handler.handle(withSession));
    }

    /** The answer for a handler that would make the IO thread wait for a client. */
    Response cannotStream(Match match) {
        return failure(
                match.route().method(),
                match.route().template(),
                new IllegalStateException("a nonBlocking route cannot stream; declare it outside of nonBlocking"));
    }

    /**
     * An answer without the words of the exception. A fault of the app is one event with its stack; a backing service that is away is none here, since
     * its own attachment reports it once, not once a request.
     */
    Response failure(String method, String path, Throwable e) {
        if (isUnavailable.test(e)) {
            LOG.debug("a request failed since a backing service is away", e);
            return Response.problem(503, "A service that this needs is away for the moment. Try again soon.")
                    .withHeader("Retry-After", "1");
        }
        LOG.atError()
                .addKeyValue("method", method)
                .addKeyValue("path", path)
                .setCause(e)
                .log("a request failed");
        return Response.problem(500, "Something went wrong here. It has been logged.");
    }
}
