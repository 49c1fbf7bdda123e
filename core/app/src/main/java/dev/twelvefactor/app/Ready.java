package dev.twelvefactor.app;

import java.util.Optional;

/**
 * Where a process answers, once it is ready.
 *
 * @param port of the web server, or of a worker's health checks; empty if neither is there
 * @param managementPort of metrics, levels and health checks; empty unless {@code MANAGEMENT_PORT} is set
 */
public record Ready(Optional<Integer> port, Optional<Integer> managementPort) {}
