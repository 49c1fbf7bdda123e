package dev.twelvefactor.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This component of a record of {@link CommandLine} options is told by its place, not by a name: {@code import entries.csv} in place of {@code import --file entries.csv}.
 * Arguments are taken in the order of their declaration; those that may be absent stand behind the others, and a list, which takes all that is left, behind them all.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Argument {}
