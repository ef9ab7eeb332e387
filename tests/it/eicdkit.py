"""eicdkit: a simulated eicd that sends an agent what a test wants. It speaks TLS with a client
certificate, does the opening handshake of a WebSocket, and sends and reads text frames.
"""
import base64
import hashlib
import json
import queue
import socket
import ssl
import struct
import threading

from tlskit import Shared

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Link:
    """One connection of an agent, after its opening was answered."""

    def __init__(self, sock, head):
        self.sock, self.head, self.messages = sock, head, queue.Queue()
        self.shared = Shared(sock, None)
        self.pings, self.closed_with, self.ended = 0, None, threading.Event()
        self.lock = threading.Lock()
        self.answer_pings = True
        threading.Thread(target=self.read_all, daemon=True).start()

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.shared.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read_all(self):
        try:
            while True:
                op, data = self.read_frame()
                if op == TEXT:
                    self.messages.put(json.loads(data))
                elif op == PING:
                    self.pings += 1
                    if self.answer_pings:
                        self.frame(PONG, data)
                elif op == CLOSE:
                    self.closed_with = struct.unpack(">H", data[:2])[0]
        except (OSError, EOFError, ValueError):
            self.ended.set()

    def read_frame(self):
        first, second = self.read(2)
        n = second & 0x7f
        if n == 126:
            n = struct.unpack(">H", self.read(2))[0]
        elif n == 127:
            n = struct.unpack(">Q", self.read(8))[0]
        assert second & 0x80, "a client masks"
        mask = self.read(4)
        return first & 0xf, bytes(b ^ mask[i % 4] for i, b in enumerate(self.read(n)))

    def frame(self, op, data, first=None):
        size = bytes([len(data)]) if len(data) < 126 else \
            b"\x7e" + struct.pack(">H", len(data)) if len(data) < 65536 else \
            b"\x7f" + struct.pack(">Q", len(data))
        self.raw(bytes([0x80 | op if first is None else first]) + size + data)

    def raw(self, data):
        with self.lock:
            self.shared.sendall(data)

    def say(self, message):
        self.frame(TEXT, json.dumps(message).encode())

    def drop(self):
        """Ends the connection without a word."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


class Eicd:
    """Listens; each agent's connection becomes a Link in links."""

    def __init__(self, cert, key, client_ca, port=0):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.load_verify_locations(client_ca)
        self.context.set_alpn_protocols(["openeic-uplink/1"])
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.links, self.attempts, self.refuse = queue.Queue(), 0, None
        self.all = []
        threading.Thread(target=self.accept_all, daemon=True).start()

    def accept_all(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.attempts += 1
            threading.Thread(target=self.open, args=(sock,), daemon=True).start()

    def open(self, sock):
        try:
            sock = self.context.wrap_socket(sock, server_side=True)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += sock.recv(1)
            if self.refuse:
                sock.sendall(self.refuse)
                sock.close()
                return
            lines = head.decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:-2])
            key = [v for k, v in (line.split(": ", 1) for line in lines[1:-2])
                   if k.lower() == "sec-websocket-key"][0]
            accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
            sock.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
                          "\r\n").encode())
            link = Link(sock, (lines[0], headers))
            self.all.append(link)
            self.links.put(link)
        except (OSError, IndexError, ValueError):
            sock.close()

    def link(self, seconds=60):
        """The next connection, after its hello."""
        link = self.links.get(timeout=seconds)
        link.hello = link.messages.get(timeout=seconds)
        return link

    def close(self):
        """Nobody listens any more; connections stay."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def drop_all(self):
        for link in self.all:
            link.drop()
