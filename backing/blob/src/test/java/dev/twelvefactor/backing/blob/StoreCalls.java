package dev.twelvefactor.backing.blob;

import dev.twelvefactor.config.ServiceUrl;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** What each call says of a blob; as a program, in a process that something is taken from. */
final class StoreCalls {
    /** The blob that is there. */
    static final byte[] CONTENT = {1, 2, 3};
    /** What a call says that cannot tell. */
    static final String FAILED = "BlobException";

    private StoreCalls() {}

    /** One line for each: {@code get whole}, {@code exists false}, {@code list BlobException}. */
    static List<String> of(BlobStore store, String key, int size) {
        List<String> said = new ArrayList<>();
        said.add("get " + said(() -> store.get(key).map(StoreCalls::whole).orElse("absent")));
        said.add("stream "
                + said(() -> {
                    Optional<InputStream> content = store.stream(key);
                    if (content.isEmpty()) {
                        return "absent";
                    }
                    try (InputStream in = content.get()) {
                        return whole(in.readAllBytes());
                    }
                }));
        said.add("exists " + said(() -> Boolean.toString(store.exists(key))));
        said.add("list "
                + said(() -> {
                    try (Stream<BlobStore.Blob> blobs = store.list("")) {
                        return Boolean.toString(
                                blobs.anyMatch(blob -> blob.key().equals(key)));
                    }
                }));
        said.add("put "
                + said(() -> {
                    store.put(key + "-new", new byte[size], "text/plain");
                    return "done";
                }));
        return said;
    }

    private static String whole(byte[] content) {
        return Arrays.equals(content, CONTENT) ? "whole" : "damaged";
    }

    private static String said(Callable<String> call) {
        try {
            return call.call();
        } catch (BlobException e) {
            return FAILED;
        } catch (Exception | LinkageError e) {
            return e.toString();
        }
    }

    private static BlobStore open(String url) throws Exception {
        return Blobs.connector(ServiceUrl.parse(url)).open("blobs");
    }

    public static void main(String[] args) throws Exception {
        BlobStore store = open(args[0]);
        // Encoded, as the locale of this process may not be able to carry it.
        String key = URLDecoder.decode(args[2], StandardCharsets.UTF_8);
        switch (args[1]) {
            case "descriptors" -> {
                // Once with all that it needs, and once in vain, so that every class is there.
                store.put(key, CONTENT, "text/plain");
                List<String> unused = of(store, key, 1);
                store.delete(key + "-new");
                BlobStore none = args[0].startsWith("file:")
                        ? new DirectoryStore(Path.of("/proc/self/none"))
                        : new S3Store(S3Address.of(ServiceUrl.parse("s3+http://k:s@127.0.0.1:1/app")));
                List<String> failed = of(none, key, 1);
                List<InputStream> all = new ArrayList<>();
                try {
                    while (true) {
                        all.add(new FileInputStream("/dev/null"));
                    }
                } catch (IOException e) {
                    of(store, key, 1).forEach(System.out::println);
                }
                for (InputStream one : all) {
                    one.close();
                }
                if (failed.size() != unused.size()) {
                    throw new IllegalStateException();
                }
            }
            case "calls" -> of(store, key, 1 << 20).forEach(System.out::println);
            case "delete" -> {
                try {
                    store.delete(key);
                    System.out.println("delete done");
                } catch (BlobException e) {
                    System.out.println("delete " + FAILED);
                }
            }
            case "halt" ->
                store.put(
                        key,
                        new InputStream() {
                            private int left = 9 << 20;

                            @Override
                            public int read() {
                                return 0;
                            }

                            @Override
                            public int read(byte[] buffer, int offset, int length) {
                                if (left <= 0) {
                                    System.out.println("half");
                                    try {
                                        new CountDownLatch(1).await();
                                    } catch (InterruptedException e) {
                                        return -1;
                                    }
                                }
                                left -= length;
                                return length;
                            }
                        },
                        "text/plain");
            default -> throw new IllegalArgumentException(args[1]);
        }
        System.exit(0);
    }
}
