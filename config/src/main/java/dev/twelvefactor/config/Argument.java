package dev.twelvefactor.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This component of a record of {@link CommandLine} options is known by its place, not by a name: {@code import entries.csv} in place of {@code import --file entries.csv}.
 * Arguments are taken in the order of their declaration; those that may be absent come after the others, and a list, which takes all that is left, comes last. Each
 * argument of a list is an item as it is written, with its commas, blanks and backslashes; an empty one too.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Argument {}
