"""The sockets: reads requests, has them answered, and sends the answers, whole or not."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from fake_hub import routes
from fake_hub.answers import Answer
from fake_hub.origin import Origin, Pace
from fake_hub.record import Request
from fake_hub.repository import PIECE_BYTES

_STEPS_A_SECOND = 50  # of a body whose rate is limited


class Server(ThreadingHTTPServer):
    """Listens when constructed, serves from start() to stop()."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, origin: Origin, port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.origin = origin
        origin.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def server_bind(self) -> None:
        """Without the base class's look-up of a name for the address."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Closes the listener and every connection."""
        self._stopping = True
        self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def _accept(self) -> None:
        """In place of serve_forever(), which looks only now and then whether it shall end."""
        while not self._stopping:
            try:
                connection, address = self.socket.accept()
            except OSError:
                continue
            self.process_request(connection, address)

    def process_request(self, request: socket.socket, client_address: tuple) -> None:
        if self._tls:  # the handshake comes with the first read, on the connection's own thread
            request = self._tls.wrap_socket(request, server_side=True,
                                            do_handshake_on_connect=False)
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket, client_address: tuple) -> None:
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "fake_hub"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self._origin = self.server.origin
        self._shared = self._origin.shared
        self._number = next(self._shared.numbers)
        self._pace = Pace()

    def log_message(self, *_: object) -> None:
        """The log is Log."""

    def do_GET(self) -> None:  # noqa: N802 - the base class calls it by this name
        request = self._read_request()
        self._shared.log.begin(request)
        try:
            self._send(request, routes.answer(self._origin, request))
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        finally:
            self._shared.log.end(request)

    do_HEAD = do_GET
    do_POST = do_GET

    def _read_request(self) -> Request:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        body = self.rfile.read(int(headers.get("content-length") or 0))
        return Request(self._origin.name, self.command, self.path, headers, body, self._number)

    def _send(self, request: Request, answer: Answer) -> None:
        if answer.status:
            self._send_head(request, answer)
        if answer.status and self.command != "HEAD" and answer.status != 304:
            self._send_body(request, answer)
        if self.command != "HEAD" or not answer.status:
            self._end(request, answer)

    def _send_head(self, request: Request, answer: Answer) -> None:
        request.status = answer.status
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.length is None:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status != 304:
            self.send_header("Content-Length", str(answer.length))
        self.end_headers()

    def _send_body(self, request: Request, answer: Answer) -> None:
        for piece in self._paced(answer):
            if answer.length is None:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            else:
                self.wfile.write(piece)
            request.sent += len(piece)
        if answer.length is None and not answer.ending:
            self.wfile.write(b"0\r\n\r\n")
        elif answer.length != request.sent:
            self.close_connection = True

    def _paced(self, answer: Answer) -> Iterator[bytes]:
        """The body in pieces that are not empty, each at its time."""
        for piece in filter(None, answer.body):
            while piece:
                step = self._wait_for_turn(len(piece)) if answer.paced else len(piece)
                yield piece[:step]
                piece = piece[step:]

    def _wait_for_turn(self, count: int) -> int:
        """How many bytes may be sent now. Raises when everything stops."""
        faults = self._origin.faults
        limits = [(pace, rate) for pace, rate in ((self._pace, faults.rate_connection),
                                                  (self._shared.pace, faults.rate_total)) if rate]
        if not limits:
            return count
        slowest = min(rate for _, rate in limits)
        count = max(1, min(count, PIECE_BYTES, slowest // _STEPS_A_SECOND))
        delay_s = max(pace.delay_s(count, rate) for pace, rate in limits)
        if self._shared.stopping.wait(delay_s):
            raise ConnectionAbortedError
        return count

    def _end(self, request: Request, answer: Answer) -> None:
        """What stands for the end of the message, when it has none."""
        if not answer.ending:
            return
        self.close_connection = True
        if answer.ending == "stall":
            self._shared.hold(self.connection)
        elif answer.ending == "reset":
            with socket.socket(fileno=self.connection.detach()) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
