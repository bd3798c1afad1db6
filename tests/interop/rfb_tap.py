"""A proxy between a client and a server of RFB, and what it has seen go by."""

import socket
import struct
import threading

# The first rectangle is read behind the pseudo-rectangles that may precede it.
KEPT_BYTES = 1 << 22

NAMES = {0: "raw", 1: "copyrect", 2: "rre", 5: "hextile", 6: "zlib", 7: "tight", 15: "trle",
         16: "zrle", 17: "zywrle", 21: "jpeg", -260: "tightpng"}
CLIENT_SIZES = {0: 20, 3: 10, 4: 8, 5: 6, 150: 10}


def pseudo_size(number, width, height, bytes_per_pixel, data):
    """How long the rest of a pseudo-rectangle is; None for a rectangle of pixels."""
    mask = (width + 7) // 8 * height
    sizes = {-223: 0, -257: 0, -258: 0, -259: 0, -261: 1, -316: 0, -232: 0, -224: 0,
             -239: width * height * bytes_per_pixel + mask,
             -314: 4 + 4 * width * height,
             -240: 6 + 2 * mask if width * height else 0,
             0x574d5668: 4, 0x574d5665: 2, 0x574d5666: 0}
    if number == -308:
        return 4 + 16 * data[0]
    if number == -307:
        return 4 + struct.unpack(">I", data[:4])[0]
    return sizes.get(number)


class Tap:
    """Takes one connection, and keeps the beginning of both directions."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.from_client = bytearray()
        self.from_server = bytearray()
        self.sockets = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in [self.listener, *self.sockets]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def _serve(self):
        try:
            client = self.listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            return
        self.sockets += [client, server]
        for end in self.sockets:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._copy, args=(client, server, self.from_client),
                         daemon=True).start()
        self._copy(server, client, self.from_server)

    @staticmethod
    def _copy(source, sink, kept):
        try:
            while data := source.recv(1 << 16):
                kept += data[:max(0, KEPT_BYTES - len(kept))]
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def asked(self):
        """The numbers of the client's last SetEncodings; security type None only."""
        data = bytes(self.from_client)
        at, numbers = 12 + 1 + 1, []
        while at < len(data):
            kind = data[at]
            if kind == 2:
                count = struct.unpack(">H", data[at + 2:at + 4])[0]
                numbers = list(struct.unpack(f">{count}i", data[at + 4:at + 4 + 4 * count]))
                at += 4 + 4 * count
            elif kind in CLIENT_SIZES:
                at += CLIENT_SIZES[kind]
            else:
                break
        return numbers

    def first_encoding(self, bits_per_pixel=32):
        """The name of the first encoding that the server used for pixels."""
        data = bytes(self.from_server)
        # Security types and a result; of RFB 3.3 one type and no result
        at = 12 + (4 if self.from_client[4:11] == b"003.003" else 1 + data[12] + 4)
        at += 24 + struct.unpack(">I", data[at + 20:at + 24])[0]
        while at < len(data):
            kind = data[at]
            if kind == 0:
                count = struct.unpack(">H", data[at + 2:at + 4])[0]
                at += 4
                for _ in range(count):
                    _, _, width, height, number = struct.unpack(">4Hi", data[at:at + 12])
                    at += 12
                    size = pseudo_size(number, width, height, bits_per_pixel // 8, data[at:])
                    if size is None:
                        return NAMES.get(number, str(number))
                    at += size
            elif kind == 2:
                at += 1
            elif kind == 150:
                at += 1
            elif kind == 250:
                at += 4
            elif kind == 248:
                at += 9 + data[at + 8]
            elif kind == 3:
                at += 8 + abs(struct.unpack(">i", data[at + 4:at + 8])[0])
            elif kind == 1:
                at += 6 + 6 * struct.unpack(">H", data[at + 4:at + 6])[0]
            else:
                break
        raise AssertionError("no pixels went by")
