package dev.twelvefactor.admin;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Function;
import jdk.jshell.JShell;
import jdk.jshell.VarSnippet;
import jdk.jshell.execution.DirectExecutionControl;
import org.jspecify.annotations.Nullable;

/** Runs snippets in this process and on the thread of the console, so that an interrupt reaches them and the app's objects are theirs. */
final class SnippetEngine extends DirectExecutionControl {
    private @Nullable Function<Class<?>, ?> toAssign;

    SnippetEngine(ClassLoader app) {
        super(new SnippetClasses(app));
    }

    /** Gives a variable its value. What computes it gets the type that the variable has. */
    void assign(JShell shell, VarSnippet variable, Function<Class<?>, ?> value) {
        toAssign = value;
        try {
            var unused = shell.varValue(variable);
        } finally {
            toAssign = null;
        }
    }

    /** The one call in which JShell tells where a variable is: that is how an object gets in without a static field of ours. */
    @Override
    public String varValue(String className, String name)
            throws RunException, EngineTerminationException, InternalException {
        Function<Class<?>, ?> value = toAssign;
        if (value == null) {
            return super.varValue(className, name);
        }
        try {
            Field field = findClass(className).getDeclaredField(name);
            field.setAccessible(true);
            field.set(null, value.apply(field.getType()));
            return name;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Values as they are, where JShell would quote them: they are output. */
    @Override
    protected String invoke(Method snippet) throws Exception {
        Object value = snippet.invoke(null);
        try {
            return text(value);
        } catch (RuntimeException | Error e) {
            // Of the snippet's own value, so it is the snippet that failed.
            throw new InvocationTargetException(e);
        }
    }

    private static String text(@Nullable Object value) {
        if (value == null || !value.getClass().isArray()) {
            return String.valueOf(value);
        }
        String inBrackets = Arrays.deepToString(new Object[] {value});
        return inBrackets.substring(1, inBrackets.length() - 1);
    }
}
