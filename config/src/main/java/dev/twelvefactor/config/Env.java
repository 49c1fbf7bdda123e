package dev.twelvefactor.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The exact variable that a record component is read from, whatever the component and the records around it are called. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Env {
    /** The variable's name, such as {@code PG_URL}. */
    String value();
}
