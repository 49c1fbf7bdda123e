package dev.twelvefactor.backing.blob;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** Sockets whose end waits for nobody. Otherwise the end of TLS, which is how a call that takes too long is stopped, waits for a write that the server does not read. */
final class AbruptSockets extends SSLSocketFactory {
    private final SSLSocketFactory sockets;

    AbruptSockets(SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    private static Socket abrupt(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
        return abrupt(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return abrupt(sockets.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return abrupt(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return abrupt(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return abrupt(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return abrupt(sockets.createSocket(address, port, localAddress, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
