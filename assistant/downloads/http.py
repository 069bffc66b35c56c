"""One request for one file: asks for what is missing, follows redirects, hands over what comes.

The only module that opens a connection. Trying again, hashes and final names are the business of
`assistant.downloads.transfer`; here one attempt either completes, or says why it ended.

Redirects are followed here and not by the library because a file must never travel unencrypted: an
https address may only lead to https addresses (http stays possible within this computer, for mirrors).
"""

from __future__ import annotations

import asyncio
import email.utils
import os
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from assistant import __version__
from assistant.downloads.parts import Part
from assistant.downloads.progress import Reporter
from assistant.downloads.troubles import TryAgain, other_size, refused
from assistant.errors import ModelError

if TYPE_CHECKING:
    import httpx2

Result = TypeVar("Result")

MOST_REDIRECTS = 10
OWN_COMPUTER = frozenset({"127.0.0.1", "localhost", "::1"})
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
CANCEL_POLL_S = 0.1
LEAST_BYTES = 1024
"""A server that sends less than this within the stall limit counts as stalled."""

OK, PARTIAL, RANGE_REFUSED, TOO_MANY, SERVER_ERROR = 200, 206, 416, 429, 500
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REQUEST_TIMEOUT = frozenset({408, 425})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait.

    Attributes:
        connect_s: to reach a server.
        stall_s: without a byte.
    """

    connect_s: float
    stall_s: float


def fetch(
    url: str,
    part: Part,
    expected_bytes: int | None,
    patience: Patience,
    reporter: Reporter,
) -> bool:
    """Add to ``part`` what ``url`` has beyond it; False when cancelled, which takes at most 0.1 s.

    Blocks, on a thread without an event loop. ``expected_bytes`` is the size of the complete file, None
    where nobody knows it.

    Raises:
        TryAgain: it ended early, but another attempt may go on from here.
        ModelError: another attempt would not help, or the disk is full.
    """
    attempt = _attempt(url, part, expected_bytes, patience, reporter)
    return asyncio.run(_until_cancelled(attempt, reporter)) is not None


async def _until_cancelled(work: Awaitable[Result], reporter: Reporter) -> Result | None:
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=CANCEL_POLL_S))[0]:
            reporter.add(0)  # so that people see that nothing comes
            if reporter.cancelled():
                return None
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


async def _attempt(
    url: str,
    part: Part,
    expected_bytes: int | None,
    patience: Patience,
    reporter: Reporter,
) -> bool:
    import httpx2

    limits = httpx2.Timeout(patience.stall_s, connect=patience.connect_s)
    try:
        # The proxy comes from the environment (HTTPS_PROXY, NO_PROXY, ...) by the library's own rules.
        client = httpx2.AsyncClient(timeout=limits, follow_redirects=False, headers=_headers())
    except (ImportError, ValueError) as exc:
        raise ModelError(
            "proxy_unusable",
            "The proxy in the environment (HTTPS_PROXY, ALL_PROXY) cannot be used for downloads.",
            "Give the address of an http or https proxy, or unset it.",
        ) from exc
    host = host_of(url)
    try:
        async with client:
            response = await _answer(client, url, part)
            try:
                total = _judge(response, host, part, expected_bytes, reporter)
                await _receive(response, part, expected_bytes, patience.stall_s, reporter)
            finally:
                await response.aclose()
        if part.size < (total or expected_bytes or 0):
            raise TryAgain("the connection ended early")
    except httpx2.ConnectTimeout as exc:
        raise TryAgain(f"it did not answer within {patience.connect_s:g} s") from exc
    except httpx2.TimeoutException as exc:
        raise TryAgain(f"nothing came for {patience.stall_s:g} s") from exc
    except httpx2.ProxyError as exc:
        raise TryAgain("the proxy refused the connection") from exc
    except httpx2.ConnectError as exc:
        raise TryAgain(why_no_connection(exc)) from exc
    except (httpx2.RequestError, httpx2.StreamError) as exc:
        raise TryAgain("the connection broke") from exc
    return True


def host_of(url: str) -> str:
    """Return the host in an address, for messages."""
    import httpx2

    return httpx2.URL(url).host or url


def _headers() -> dict[str, str]:
    # Without "identity" a server may compress, and byte positions would count something else.
    return {"User-Agent": f"sarai-assistant/{__version__}", "Accept-Encoding": "identity"}


async def _answer(client: httpx2.AsyncClient, url: str, part: Part) -> httpx2.Response:
    """Return the answer behind all redirects, its body not read yet."""
    headers = {}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.etag is not None:
            headers["If-Range"] = part.etag
    for _ in range(MOST_REDIRECTS + 1):
        request = client.build_request("GET", url, headers=headers)
        response = await client.send(request, stream=True)
        if response.status_code not in REDIRECTS or "location" not in response.headers:
            return response
        await response.aclose()
        target = str(response.url.join(response.headers["location"]))
        check_redirect(url, target)
        url = target
    raise TryAgain("it redirected in circles")


def check_redirect(start: str, target: str) -> None:
    """Accept a redirect that keeps the file encrypted, or within this computer.

    Raises:
        ModelError: ``download_unsafe``.
    """
    import httpx2

    origin, aim = httpx2.URL(start), httpx2.URL(target)
    stays_here = origin.host in OWN_COMPUTER and aim.host in OWN_COMPUTER
    is_safe = aim.scheme == "https" or (
        aim.scheme == "http" and origin.scheme == "http" and stays_here
    )
    if not is_safe:
        raise ModelError(
            "download_unsafe",
            f"{origin.host} redirects to {aim.scheme}://{aim.host}, which is not encrypted;"
            " nothing was fetched.",
            "Check the mirror in the settings, or try another network.",
        )


def _judge(
    response: httpx2.Response,
    host: str,
    part: Part,
    expected_bytes: int | None,
    reporter: Reporter,
) -> int | None:
    """Accept an answer whose body goes on where the part ends; returns the size of the whole file."""
    status = response.status_code
    if status == RANGE_REFUSED:
        reporter.set_aside(part.restart())
        raise TryAgain("it could not go on where the download had stopped")
    if status == PARTIAL:
        first, total = _content_range(response)
        if first != part.size:
            reporter.set_aside(part.restart())
            raise TryAgain("it sent another piece of the file than asked for")
    elif status == OK:
        if part.size:  # it ignores ranges, or has another version than the one begun
            reporter.set_aside(part.restart())
        total = _content_length(response)
    elif status in REQUEST_TIMEOUT or status == TOO_MANY or status >= SERVER_ERROR:
        raise TryAgain(f"it answered HTTP {status}", _retry_after_s(response))
    else:
        raise refused(status, part.name, host)
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise TryAgain("it sent the file in a compressed form nobody asked for")
    if expected_bytes is not None and total is not None and total != expected_bytes:
        raise other_size(part.name, host, total, expected_bytes)
    part.etag = _strong_etag(response)
    return total


async def _receive(
    response: httpx2.Response,
    part: Part,
    expected_bytes: int | None,
    stall_s: float,
    reporter: Reporter,
) -> None:
    window_s, arrived = time.monotonic(), 0
    async for chunk in response.aiter_raw():
        if expected_bytes is not None and part.size + len(chunk) > expected_bytes:
            reporter.set_aside(part.restart())
            raise TryAgain("it sent more than the whole file")
        part.write(chunk)
        reporter.add(len(chunk))
        arrived += len(chunk)
        now_s = time.monotonic()
        if now_s - window_s >= stall_s:
            if arrived < LEAST_BYTES:
                raise TryAgain(f"next to nothing came for {stall_s:g} s")
            window_s, arrived = now_s, 0


def _content_range(response: Any) -> tuple[int | None, int | None]:
    """Return (first byte, total) of `Content-Range: bytes FIRST-LAST/TOTAL`; None where it says none."""
    unit, _, rest = response.headers.get("content-range", "").partition(" ")
    span, _, total = rest.partition("/")
    first = span.partition("-")[0]
    if unit != "bytes" or not first.isdecimal():
        return None, None
    return int(first), int(total) if total.isdecimal() else None


def _content_length(response: Any) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None


def _strong_etag(response: Any) -> str | None:
    """Only a strong one may stand in If-Range (RFC 9110, 13.1.5)."""
    etag: str | None = response.headers.get("etag")
    return etag if etag and not etag.startswith("W/") else None


def _retry_after_s(response: Any) -> float | None:
    """Return what `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def why_no_connection(problem: BaseException) -> str:
    """Return why there was no connection; the library only says it in words."""
    text = str(problem).lower()
    if "certificate" in text:
        return "its certificate cannot be trusted"
    if any(words in text for words in ("name or service", "nodename", "getaddrinfo", "resolution")):
        return "its address was not found; is there a network?"
    if any(os.environ.get(name) or os.environ.get(name.lower()) for name in PROXIES):
        return "it cannot be reached through the proxy of the environment"
    return "it cannot be reached"
