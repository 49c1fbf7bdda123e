package dev.twelvefactor.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a record component whose variable is absent, written as in the environment: {@code @Default("30m") Duration}. It is
 * converted at every start, used or not, so that a bad default is found by the first run and not by the first absent variable.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
    /** The default, as text. */
    String value();
}
