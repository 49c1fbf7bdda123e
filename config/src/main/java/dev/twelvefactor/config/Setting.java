package dev.twelvefactor.config;

import java.util.Optional;

/**
 * A variable with what the environment holds for it.
 *
 * @param variable the declaration
 * @param shown the value as it may be shown: secrets are masked; empty when absent
 * @param origin where the value came from: {@code environment variable PORT}, {@code .env:3}, {@code default}; empty when absent
 * @param problem what is wrong with it, if anything is
 */
public record Setting(Variable variable, Optional<String> shown, Optional<String> origin, Optional<Problem> problem) {}
