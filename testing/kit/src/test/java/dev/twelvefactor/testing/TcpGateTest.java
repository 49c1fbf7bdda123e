package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpGateTest {
    private static int readThrough(TcpGate gate) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            return client.getInputStream().read();
        }
    }

    @RepeatedTest(200)
    void opens_again_on_its_port_right_after_it_refused() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TcpGate gate = TcpGate.to("127.0.0.1", server.getLocalPort());
                Socket before = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            assertThat(before.isConnected()).isTrue();
            gate.refuse();
            assertThatThrownBy(() -> readThrough(gate)).isInstanceOf(ConnectException.class);
            gate.open();
            Thread answering = new Thread(() -> answer(server));
            answering.start();
            assertThat(readThrough(gate)).isEqualTo('x');
        }
    }

    /** The connection of before may be among those that the server has to take. */
    private static void answer(ServerSocket server) {
        try {
            while (true) {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write('x');
                }
            }
        } catch (IOException e) {
            return;
        }
    }
}
