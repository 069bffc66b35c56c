"""A web server on this computer that has files, and serves them as badly as a test wants.

It behaves well (ranges, ETags, HEAD) unless a fault is queued for a path; each GET takes one fault.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

from assistant import paths

CHUNK = 16_384


@dataclass(frozen=True)
class Status:
    """Answers with a status and no file."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Redirect:
    """Sends the client elsewhere."""

    location: str


@dataclass(frozen=True)
class Stall:
    """Falls silent after so many bytes, until the server closes."""

    after: int


@dataclass(frozen=True)
class Truncate:
    """Hangs up after so many bytes; without a length nobody can tell from the answer alone."""

    after: int
    has_length: bool = True


@dataclass(frozen=True)
class Corrupt:
    """Flips a bit of the byte at this position of the file."""

    at: int


@dataclass(frozen=True)
class IgnoreRange:
    """Sends the whole file whatever was asked for."""


@dataclass(frozen=True)
class WrongRange:
    """Answers 206 with another piece of the file."""


@dataclass(frozen=True)
class NoLength:
    """Does not say how long the file is."""


@dataclass(frozen=True)
class TooMuch:
    """Goes on after the end of the file, without having said how long it is."""


@dataclass(frozen=True)
class Compressed:
    """Claims a content encoding nobody asked for."""


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def first_byte(self) -> int:
        text = self.headers.get("range", "bytes=0-")
        return int(text.removeprefix("bytes=").partition("-")[0])


class ModelServer:
    """The server; a ``with`` block runs it."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.etags: dict[str, str] = {}
        self.faults: dict[str, deque[Any]] = defaultdict(deque)
        self.requests: list[Request] = []
        self.sent = threading.Semaphore(0)  # released for each chunk on the wire
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                server.answer(self, has_body=True)

            def do_HEAD(self) -> None:
                server.answer(self, has_body=False)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.01,), name="server"
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def fail(self, path: str, *faults: Any) -> None:
        self.faults[path].extend(faults)

    def gets(self, path: str | None = None) -> list[Request]:
        return [r for r in self.requests if r.method == "GET" and path in {None, r.path}]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    # --- one request, on a thread of its own ------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler, *, has_body: bool) -> None:
        path = handler.path.partition("?")[0]
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.command, path, headers)
        self.requests.append(request)
        queue = self.faults[path]
        fault = queue.popleft() if queue and has_body else None
        if not has_body and queue and isinstance(queue[0], Status):
            fault = queue.popleft()
        try:
            self._send(handler, request, fault, has_body=has_body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True

    def _send(
        self, handler: BaseHTTPRequestHandler, request: Request, fault: Any, *, has_body: bool
    ) -> None:
        if isinstance(fault, Status):
            headers = {"Content-Length": "0", **fault.headers}
            return self._head(handler, fault.code, headers)
        if isinstance(fault, Redirect):
            return self._head(handler, 302, {"Location": fault.location, "Content-Length": "0"})
        content = self.files.get(request.path)
        if content is None:
            return self._head(handler, 404, {"Content-Length": "0"})
        etag = self.etags.get(request.path, f'"{hashlib.sha256(content).hexdigest()}"')
        headers = {"ETag": etag, "X-Repo-Commit": "0" * 40, "Accept-Ranges": "bytes"}
        first = request.first_byte
        if request.headers.get("if-range", etag) != etag or isinstance(fault, IgnoreRange):
            first = 0
        if first >= len(content) and first:
            return self._head(
                handler, 416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"}
            )
        status = 206 if first else 200
        if isinstance(fault, WrongRange):
            first, status = max(0, first - 7), 206
        if status == 206:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        body = bytearray(content[first:])
        if isinstance(fault, Corrupt):
            body[fault.at - first] ^= 1
        if isinstance(fault, TooMuch):
            body += b"x" * CHUNK
        if isinstance(fault, Compressed):
            headers["Content-Encoding"] = "gzip"
        if isinstance(fault, NoLength | TooMuch) or not getattr(fault, "has_length", True):
            headers["Connection"] = "close"
            handler.close_connection = True
        else:
            headers["Content-Length"] = str(len(body))
        self._head(handler, status, headers)
        if has_body:
            self._body(handler, bytes(body), fault)
        return None

    def _head(
        self, handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str]
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    def _body(self, handler: BaseHTTPRequestHandler, body: bytes, fault: Any) -> None:
        end = min(fault.after, len(body)) if isinstance(fault, Stall | Truncate) else len(body)
        for start in range(0, end, CHUNK):
            handler.wfile.write(body[start : min(start + CHUNK, end)])
            self.sent.release()
        handler.wfile.flush()
        if isinstance(fault, Stall):
            self.released.wait(60)
        if isinstance(fault, Stall | Truncate):
            handler.close_connection = True


# --- fixtures; a test module imports them by name ---------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the person's files."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def loopback(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets the test reach servers on this computer, past any proxy of the environment."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    plugins = request.config.pluginmanager.get_plugins()
    guard = next(plugin.NETWORK for plugin in plugins if hasattr(plugin, "NETWORK"))
    if hasattr(guard, "allows_own_computer"):
        guard.allows_own_computer = True
    else:
        guard.active = False
    yield
    guard.active = True
