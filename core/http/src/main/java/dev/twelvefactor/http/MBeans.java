package dev.twelvefactor.http;

import org.xnio.Xnio;

/**
 * The MBeans that XNIO registers for each worker and each port. To register one boots the platform's MBean server, which is the largest single piece of a small
 * app's start, and nobody has asked for it: whoever has (by {@code -Dcom.sun.management.jmxremote}, by an agent) has booted it before {@code main}, and then
 * they are registered as ever.
 */
final class MBeans {
    /** Names the class that makes the JVM's MBean servers ({@link javax.management.MBeanServerFactory}). */
    private static final String BUILDER = "javax.management.builder.initial";

    private static final String HOLDER = Xnio.class.getName() + "$MBeanHolder";

    private MBeans() {}

    /** Leaves them out. To be called once, before there is a worker. */
    static void leaveOut() {
        if (System.getProperty(BUILDER) != null) {
            return;
        }
        System.setProperty(BUILDER, "none");
        try {
            Class.forName(HOLDER, true, Xnio.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // What is wanted: XNIO goes without where there is no MBean server for it. Others find one as ever.
            return;
        } finally {
            System.clearProperty(BUILDER);
        }
    }
}
