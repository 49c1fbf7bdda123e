package dev.twelvefactor.contenders.helidon;

import io.helidon.logging.common.LogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        LogConfig.configureRuntime();
        WebServer.builder()
                .port(Integer.parseInt(System.getenv("PORT")))
                // Beyond the defaults, and in Helidon's favour: without it each JSON answer on a kept connection waits 40 ms.
                .connectionOptions(options -> options.tcpNoDelay(true))
                .routing(Main::routing)
                .build()
                .start();
    }

    private static void routing(HttpRouting.Builder routing) {
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            routing.addFilter(new AccessLog());
        }
        routing.get("/text", (request, response) -> response.send("Hello, World!"))
                .get("/json", (request, response) -> response.send(Person.example().toJson()))
                .register("/orders", new OrderService());
    }
}
