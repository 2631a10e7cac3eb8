"""The Lambda Runtime API that one process talks to: it asks for invocations and posts answers."""

import http.server
import logging
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invocation:
    """What the process gets from `GET /invocation/next`."""

    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes
    deadline_ms: int


@dataclass(frozen=True)
class Listener:
    """What the owner of the API wants to hear."""

    asked_for_work: Callable[[], None]
    init_failed: Callable[[bytes], None]
    answered: Callable[[str, bytes, bool], None]


class _Conversation(http.server.BaseHTTPRequestHandler):
    """One connection of the process. `server` is the `RuntimeApi`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "RuntimeApi"

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the function's own log tells what matters."""

    def do_GET(self) -> None:
        if not self.path.endswith("/invocation/next"):
            self._reply(404)
            return
        self.server.listener.asked_for_work()
        invocation = self.server.take()
        if invocation is None:
            self.close_connection = True
            return
        self._reply(
            200,
            invocation.payload,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        body = self._body()
        match self.path.rstrip("/").split("/"):
            case [*_, "init", "error"]:
                self.server.listener.init_failed(body)
            case [*_, request_id, ("response" | "error") as kind]:
                self.server.listener.answered(request_id, body, kind == "error")
        self._reply(202, b'{"status":"OK"}')

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is not None:
            return self.rfile.read(int(length))
        body = bytearray()
        while True:  # chunked
            size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return bytes(body)


class RuntimeApi:
    """Listens on a free loopback port until closed. A process has its own, so that a late answer of a killed one is nobody's."""

    def __init__(self, listener: Listener):
        self.listener = listener
        self._work: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True, name=f"runtime-api-{self.address}").start()

    def give(self, invocation: Invocation) -> None:
        """Hands one invocation to the process, at its next question."""
        self._work.put(invocation)

    def take(self) -> Invocation | None:
        """Blocks until there is work; None when the API is closed."""
        return self._work.get()

    def close(self) -> None:
        """Wakes whoever waits and stops listening. May be called twice."""
        self._work.put(None)
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection, address), daemon=True).start()

    def _converse(self, connection: socket.socket, address: tuple[str, int]) -> None:
        try:
            with connection:
                _Conversation(connection, address, self)  # type: ignore[arg-type]
        except (OSError, ValueError) as error:  # the process died in the middle of a sentence
            LOG.debug("runtime API: %s", error)
