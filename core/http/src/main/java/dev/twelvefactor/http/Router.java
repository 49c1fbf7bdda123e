package dev.twelvefactor.http;

import dev.twelvefactor.config.DataSize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the handler of a request, runs it inside the filters and the session, and turns whatever it throws into a response. */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final Node root = new Node();
    /** Templates without parameters are found by a look: whatever else could stand for the same path comes behind them. */
    private final Map<String, Map<String, Endpoint>> whole = new HashMap<>();

    private final Routes routes;
    private final RequestMeters meters;
    private final Predicate<Throwable> isUnavailable;

    /** The router of these routes; {@code isUnavailable} knows the exceptions that mean that a backing service is away. */
    Router(Routes routes, RequestMeters meters, Predicate<Throwable> isUnavailable) {
        this.routes = routes;
        this.meters = meters;
        this.isUnavailable = isUnavailable;
        for (Routes.Route route : routes.routes()) {
            Endpoint endpoint = new Endpoint(
                    route, new ArrayList<>(), meters.of(route.method(), route.template()), filtered(route));
            Node end = root.add(List.of(route.template().substring(1).split("/", -1)), 0, endpoint);
            if (endpoint.names().isEmpty() && route.template().indexOf('%') < 0) {
                whole.put(route.template(), end.methods);
            }
        }
    }

    /** A route, with what its template's parameters stand for in one path. */
    record Match(Routes.Route route, Map<String, String> parameters, RequestMeters.Meter meter, Handler handler) {}

    /** {@code handler} has the filters around it. */
    private record Endpoint(Routes.Route route, List<String> names, RequestMeters.Meter meter, Handler handler) {}

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Endpoint> methods = new TreeMap<>();

        /** For templates that end here with a parameter for the rest. */
        final Map<String, Endpoint> rest = new TreeMap<>();

        @Nullable
        Node parameter;

        /** The node that it ends at. */
        Node add(List<String> segments, int depth, Endpoint endpoint) {
            List<String> names = endpoint.names();
            if (depth == segments.size()) {
                put(methods, endpoint);
                return this;
            }
            String segment = segments.get(depth);
            if (!segment.startsWith("{")) {
                return literals.computeIfAbsent(segment, unused -> new Node()).add(segments, depth + 1, endpoint);
            }
            boolean tail = segment.endsWith("*}") && depth == segments.size() - 1;
            String name = segment.substring(1, Math.max(1, segment.length() - (tail ? 2 : 1)));
            if (!segment.endsWith("}") || !name.matches("[A-Za-z]\\w*") || names.contains(name)) {
                throw new IllegalArgumentException(
                        "the template " + endpoint.route().template()
                                + " has a parameter that is not a name of its own in braces: " + segment);
            }
            if (tail) {
                names.add(name);
                put(rest, endpoint);
                return this;
            }
            Node next = parameter == null ? new Node() : parameter;
            parameter = next;
            names.add(name);
            return next.add(segments, depth + 1, endpoint);
        }

        private static void put(Map<String, Endpoint> endpoints, Endpoint endpoint) {
            Routes.Route route = endpoint.route();
            if (endpoints.put(route.method(), endpoint) != null) {
                throw new IllegalArgumentException(
                        "two routes answer " + route.method() + " " + route.template() + "; remove one");
            }
        }

        /** The endpoints of a path, by method; what the parameters stand for is added to {@code values}. */
        @Nullable
        Map<String, Endpoint> find(List<String> segments, int depth, List<String> values) {
            if (depth == segments.size()) {
                return methods.isEmpty() ? null : methods;
            }
            String segment = segments.get(depth);
            Node literal = literals.get(segment);
            Map<String, Endpoint> found = literal == null ? null : literal.find(segments, depth + 1, values);
            if (found == null && parameter != null && !segment.isEmpty() && !RequestPath.hasDotSegment(segment)) {
                values.add(segment);
                found = parameter.find(segments, depth + 1, values);
                if (found == null) {
                    values.remove(values.size() - 1);
                }
            }
            if (found == null && !rest.isEmpty()) {
                String path = String.join("/", segments.subList(depth, segments.size()));
                // Handlers resolve it against a directory or an address: it stays below it.
                if (!isAbsolute(path) && !RequestPath.hasDotSegment(path)) {
                    values.add(path);
                    found = rest;
                }
            }
            return found;
        }

        private static boolean isAbsolute(String path) {
            return path.startsWith("/") || path.startsWith("\\");
        }
    }

    /** The route of a request; where there is none, one that answers so. */
    Match find(String method, String path) {
        if (!path.startsWith("/")) {
            return path.equals("*") && method.equals("OPTIONS")
                    ? missing(method, Response.noContent())
                    : missing(method, Response.problem(400, "The request's target is not a path."));
        }
        List<String> values = new ArrayList<>(2);
        Map<String, Endpoint> endpoints = whole.get(path);
        if (endpoints == null) {
            try {
                endpoints = root.find(RequestPath.segments(path), 0, values);
            } catch (HttpException e) {
                return missing(method, Response.problem(e.status(), e.detail()));
            }
        }
        if (endpoints == null) {
            return missing(method, Response.notFound());
        }
        Endpoint endpoint = endpoints.get(method);
        if (endpoint == null && method.equals("HEAD")) {
            endpoint = endpoints.get("GET");
        }
        if (endpoint != null) {
            // To HEAD the same handler answers, but it is another request.
            RequestMeters.Meter meter = method.equals(endpoint.route().method())
                    ? endpoint.meter()
                    : meters.of(method, endpoint.route().template());
            return new Match(endpoint.route(), parameters(endpoint.names(), values), meter, endpoint.handler());
        }
        TreeSet<String> allowed = new TreeSet<>(endpoints.keySet());
        allowed.add("OPTIONS");
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        Response refusal = method.equals("OPTIONS")
                ? Response.noContent()
                : Response.problem(405, "This address does not take " + method + ".");
        return missing(method, refusal.withHeader("Allow", String.join(", ", allowed)));
    }

    /** Filters may wait, so the answer waits for a thread if there are any. */
    private Match missing(String method, Response answer) {
        boolean filtered = !routes.scope().own().isEmpty();
        Routes.Route route =
                new Routes.Route(method, "", request -> answer, routes.scope(), filtered, Optional.empty(), true);
        return new Match(route, Map.of(), meters.of(method, ""), filtered(route));
    }

    private static Map<String, String> parameters(List<String> names, List<String> values) {
        if (names.isEmpty()) {
            return Map.of();
        }
        if (names.size() == 1) {
            return Map.of(names.get(0), values.get(0));
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            parameters.put(names.get(i), values.get(i));
        }
        return parameters;
    }

    /** The largest body of a request for a target. */
    Framing.BodyLimit bodyLimit(long usual) {
        if (routes.routes().stream().noneMatch(Routes.Route::streams)) {
            return (method, target) -> usual;
        }
        return (method, target) -> find(method, RequestPath.ofTarget(target))
                .route()
                .streamed()
                .map(DataSize::bytes)
                .orElse(usual);
    }

    /** Whether this means that a backing service is away. */
    boolean isUnavailable(Throwable e) {
        return isUnavailable.test(e);
    }

    /** How JSON is read and written here. */
    Json json() {
        return routes.json();
    }

    Response answer(Request request) {
        return run(find(request.method(), request.rawPath()), request);
    }

    Response run(Match match, Request request) {
        return run(match, request, () -> false);
    }

    /** {@code answered}: whether the client has a response already, by the request's timeout. */
    Response run(Match match, Request request, BooleanSupplier answered) {
        Request matched = matched(match, request);
        Response response = hasSession(match)
                ? inSession(matched, answered, (own, holder) -> checked(own, match, holder))
                : handled(matched, match);
        matched.releaseAllBut(response);
        return response;
    }

    /** A session means waiting for its store, so the IO thread has none. */
    private boolean hasSession(Match match) {
        return routes.sessions().isPresent() && match.route().blocking();
    }

    private Request matched(Match match, Request request) {
        return request.matched(match.parameters(), routes.json());
    }

    /** The answer to a request whose response has failed before its first byte. */
    Response failed(Match match, Request request, Throwable e) {
        Request matched = matched(match, request);
        Response response = hasSession(match)
                ? inSession(matched, () -> false, (own, holder) -> answerTo(own, e))
                : answerTo(matched, e);
        matched.releaseAllBut(response);
        return response;
    }

    private Handler filtered(Routes.Route route) {
        Handler filtered = request -> {
            try {
                return given(route, request, route.handler().handle(request));
            } catch (Throwable e) {
                return answerTo(request, e);
            }
        };
        List<Filter> filters = route.scope().filters();
        for (int i = filters.size() - 1; i >= 0; i--) {
            Filter filter = filters.get(i);
            Handler next = filtered;
            filtered = inner -> given(route, inner, filter.handle(inner, next));
        }
        return filtered;
    }

    private Response given(Routes.Route route, Request request, @Nullable Response response) {
        if (response == null) {
            throw new IllegalStateException("the handler of " + route.template() + ", or a filter, returned null");
        }
        return request.opened(response).rendered(routes.json());
    }

    /** A mapping gets the request that has the session, even if the session's store is what failed. */
    private Response inSession(
            Request request, BooleanSupplier answered, BiFunction<Request, SessionHolder, Response> work) {
        SessionHolder holder = new SessionHolder(routes.sessions().orElseThrow(), answered);
        Request withSession = request.withSessions(holder);
        try {
            return holder.save(withSession, work.apply(withSession, holder));
        } catch (Throwable e) {
            return answerTo(withSession, e);
        }
    }

    private Response checked(Request withSession, Match match, SessionHolder holder) {
        try {
            if (!match.route().template().isEmpty()) {
                holder.checkCsrf(withSession, match.route().csrfToken());
            }
        } catch (Throwable e) {
            return answerTo(withSession, e);
        }
        return handled(withSession, match);
    }

    private Response handled(Request request, Match match) {
        try {
            return match.handler().handle(request);
        } catch (Throwable e) {
            // An Error too: whatever a filter meets, its client gets an answer and the log gets the cause.
            return answerTo(request, e);
        }
    }

    /** By the mapping of the nearest type that was declared; of {@link HttpException} its own; else it is a failure. */
    private Response answerTo(Request request, Throwable e) {
        for (Class<?> type = e.getClass(); type != null; type = type.getSuperclass()) {
            for (Routes.Mapping<?> mapping : routes.mappings()) {
                if (mapping.type() == type) {
                    return mapped(mapping, request, e);
                }
            }
        }
        return e instanceof HttpException http
                ? Response.problem(http.status(), http.detail())
                : failure(request.method(), request.rawPath(), e);
    }

    private Response mapped(Routes.Mapping<?> mapping, Request request, Throwable e) {
        try {
            Response response = mapping.of(request, e);
            return response == null
                    ? failure(request.method(), request.rawPath(), e)
                    : request.opened(response).rendered(routes.json());
        } catch (RuntimeException inMapping) {
            inMapping.addSuppressed(e);
            return failure(request.method(), request.rawPath(), inMapping);
        }
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
        if (ClientGoneException.isCauseOf(e)) {
            LOG.debug("a client has gone", e);
            return Response.problem(400, "The request has broken off.");
        }
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
