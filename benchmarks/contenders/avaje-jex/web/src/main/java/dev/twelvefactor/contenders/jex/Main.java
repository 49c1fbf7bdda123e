package dev.twelvefactor.contenders.jex;

import io.avaje.jex.Jex;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var jex = Jex.create()
                .get("/text", ctx -> ctx.text("Hello, World!"))
                .get("/json", ctx -> ctx.json(Person.example()))
                .post("/orders/{id}", Orders::create);
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            jex.filter(new AccessLog());
        }
        jex.port(Integer.parseInt(System.getenv("PORT"))).start();
    }
}
