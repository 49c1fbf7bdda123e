package dev.twelvefactor.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A map for several threads that forgets what was not used for longest when it is full. */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int maxSize;

    private RecentlyUsed(int maxSize) {
        super(16, 0.75f, true);
        this.maxSize = maxSize;
    }

    static <K, V> Map<K, V> map(int maxSize) {
        return Collections.synchronizedMap(new RecentlyUsed<>(maxSize));
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > maxSize;
    }
}
