package dev.twelvefactor.admin;

import java.util.HashMap;
import java.util.Map;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;

/** The classes that snippets become, in front of those of the app: a snippet works on the very objects and classes that the app works on. */
final class SnippetClasses extends ClassLoader implements LoaderDelegate {
    private final Map<String, byte[]> compiled = new HashMap<>();

    SnippetClasses(ClassLoader app) {
        super(app);
    }

    @Override
    public void load(ClassBytecodes[] classes) throws ClassInstallException {
        for (ClassBytecodes one : classes) {
            compiled.put(one.name(), one.bytecodes());
        }
        boolean[] loaded = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            try {
                var unused = loadClass(classes[i].name()).getDeclaredMethods();
                loaded[i] = true;
            } catch (ClassNotFoundException | LinkageError e) {
                throw new ClassInstallException(String.valueOf(e.getMessage()), loaded);
            }
        }
    }

    /** JShell gives a changed snippet a class of another name, so none is ever replaced. */
    @Override
    public void classesRedefined(ClassBytecodes[] classes) {}

    /** What snippets are compiled with, the app has loaded already. */
    @Override
    public void addToClasspath(String path) {}

    @Override
    public Class<?> findClass(String name) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] bytes = compiled.remove(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
