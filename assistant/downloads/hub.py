"""Where a file of a model hub lies, and whether the hub has the file we mean.

The only module that uses huggingface_hub: its addresses and its look at a file's metadata. The bytes
come through `assistant.downloads.http`, because the library's own transfer neither checks hashes of
ours while streaming nor can be cancelled, and sends large files through a helper we cannot watch.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assistant.downloads.http import why_no_connection
from assistant.downloads.troubles import TryAgain, other_content, other_size, refused
from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.catalog.entries import CatalogFile, HubOrigin

LATEST = "main"
"""Asked for where our sources quote no commit; the hash decides what is kept."""

SHA256_DIGITS = 64
RETRY_STATUS = 500
TOO_MANY = 429


def hub_address(origin: HubOrigin, file: CatalogFile, endpoint: str | None) -> str:
    """Return the address of a file; asks nobody."""
    _be_discreet()
    from huggingface_hub import hf_hub_url

    return hf_hub_url(
        origin.repository,
        file.remote_path,
        revision=origin.revision or LATEST,
        endpoint=endpoint.rstrip("/") if endpoint else None,
    )


def check_on_hub(url: str, file: CatalogFile, timeout_s: float) -> None:
    """Ask the hub about a file before fetching it; blocks up to ``timeout_s``.

    Raises:
        ModelError: it is gone, closed to us, or has another size or content than ours.
        TryAgain: the hub cannot be reached now.
    """
    _be_discreet()
    import httpx2
    from huggingface_hub import errors, get_hf_file_metadata

    host = httpx2.URL(url).host or url
    try:
        found = get_hf_file_metadata(url, token=False, timeout=timeout_s)
    except errors.OfflineModeIsEnabled as exc:
        raise ModelError(
            "downloads_off",
            "Downloads are switched off by HF_HUB_OFFLINE in the environment.",
            "Unset it, or use `assistant models import FOLDER`.",
        ) from exc
    except errors.HfHubHTTPError as exc:
        status = exc.response.status_code
        if status == TOO_MANY or status >= RETRY_STATUS:
            raise TryAgain(f"it answered HTTP {status}") from exc
        raise refused(status, file.name, host) from exc
    except httpx2.HTTPError as exc:
        raise TryAgain(why_no_connection(exc)) from exc
    if found.size is not None and file.bytes is not None and found.size != file.bytes:
        raise other_size(file.name, host, found.size, file.bytes)
    # Large files carry their sha256 as ETag, small ones a git hash that says nothing to us.
    if found.etag and len(found.etag) == SHA256_DIGITS and found.etag != file.sha256:
        raise other_content(file.name, host)


def _be_discreet() -> None:
    """Keep the library from telling which programs are installed, and from sending a token it finds."""
    for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_IMPLICIT_TOKEN"):
        os.environ.setdefault(name, "1")
