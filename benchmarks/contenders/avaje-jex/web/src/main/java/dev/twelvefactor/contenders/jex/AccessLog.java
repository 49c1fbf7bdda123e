package dev.twelvefactor.contenders.jex;

import io.avaje.jex.http.Context;
import io.avaje.jex.http.HttpFilter;

/** Jex has no access log of its own; this is a filter as its manual shows it. */
final class AccessLog implements HttpFilter {

    @Override
    public void filter(Context ctx, FilterChain chain) {
        var start = System.nanoTime();
        chain.proceed();
        var micros = (System.nanoTime() - start) / 1000;
        var status = ctx.exchange().getResponseCode();
        System.out.println(ctx.ip() + " " + ctx.method() + " " + ctx.path() + " " + status + " in " + micros + " us");
    }
}
