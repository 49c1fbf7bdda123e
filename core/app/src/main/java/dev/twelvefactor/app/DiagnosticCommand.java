package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpException;
import java.lang.management.ManagementFactory;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

/** The commands of {@code jcmd}, run by the JVM on itself. */
final class DiagnosticCommand {
    private static final String BEAN = "com.sun.management:type=DiagnosticCommand";
    private static final String[] SIGNATURE = {String[].class.getName()};

    private DiagnosticCommand() {}

    /**
     * Runs a command.
     *
     * @param operation its name as an operation of the bean: {@code gcClassHistogram} for {@code GC.class_histogram}
     * @return what it prints
     * @throws HttpException 501 if this JVM does not have it
     */
    static String run(String operation, String... arguments) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            return String.valueOf(beans.invoke(new ObjectName(BEAN), operation, new Object[] {arguments}, SIGNATURE));
        } catch (InstanceNotFoundException e) {
            throw missing("the module jdk.management");
        } catch (ReflectionException e) {
            throw missing("the diagnostic command " + operation);
        } catch (JMException e) {
            throw new IllegalStateException("the diagnostic command " + operation + " failed", e);
        }
    }

    private static HttpException missing(String what) {
        return new HttpException(501, "This JVM does not have " + what + ".");
    }

    /** The answer to what needs a module that this JVM, or the image made by {@code jlink}, does not have. */
    static void requireModule(String name) {
        if (ModuleLayer.boot().findModule(name).isEmpty()) {
            throw missing("the module " + name);
        }
    }
}
