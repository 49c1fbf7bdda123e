package contender;

import io.vertx.core.Vertx;

public class Main {

    public static void main(String[] args) {
        Vertx.vertx().deployVerticle(new WebVerticle()).onFailure(failure -> {
            failure.printStackTrace();
            System.exit(1);
        });
    }
}
