"""tlskit: a TLS connection that one thread reads and another writes.

Two threads cannot use an SSL object of Python before 3.13 at the same time: a read that has to
wait takes the result of a write for its own, and reports an end that never came.
"""
import select
import ssl
import threading


class Shared:
    """The two ways of a connected SSLSocket; the socket itself is in `sock`."""

    def __init__(self, sock, seconds):
        self.sock, self.seconds, self.lock = sock, seconds, threading.Lock()
        sock.setblocking(False)

    def step(self, fn, arg):
        """fn(arg), again whenever the socket is ready for what it waits for."""
        while True:
            with self.lock:
                try:
                    return fn(arg)
                except ssl.SSLWantReadError:
                    ready = select.POLLIN
                except ssl.SSLWantWriteError:
                    ready = select.POLLOUT
            poll = select.poll()
            poll.register(self.sock, ready)
            if not poll.poll(None if self.seconds is None else self.seconds * 1000):
                raise TimeoutError(f"nothing for {self.seconds} s")

    def recv(self, n):
        """Up to n bytes; none at the end."""
        return self.step(self.sock.recv, n)

    def sendall(self, data):
        """All of data."""
        view = memoryview(data)
        while view:
            view = view[self.step(self.sock.send, view):]
