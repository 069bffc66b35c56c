"""What voices on ONNX Runtime do alike with a piece of text: compute, give out, stop when cancelled.

Owns how a cancel, a closed voice and a failure in the middle end a piece. Knows no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant.engines.onnx_session import Interrupted, InterruptibleSession
from assistant.engines.resampling import resampled
from assistant.errors import TurnError

if TYPE_CHECKING:
    from assistant.engines.base import CancelToken, Samples


def until_cancelled(
    speech: Iterable[Samples],
    from_hz: int,
    sessions: Iterable[InterruptibleSession],
    cancel: CancelToken,
) -> Iterator[Samples]:
    """Yield speech as it is computed, at the loudspeaker's rate; a cancel ends even a computation that runs.

    Args:
        speech: float32 blocks, shape (n,), computed by the sessions as they are asked for.
        from_hz: their rate.
        sessions: all that may be running meanwhile.
        cancel: whose cancel ends it.

    Raises:
        TurnError: ``tts_failed``, or what ``speech`` raised of that kind.
    """
    for session in sessions:
        session.cancel = cancel
    try:
        for chunk in resampled(speech, from_hz):
            if cancel.cancelled:
                return
            yield chunk
    except Interrupted:
        return
    except TurnError:
        raise
    except Exception as exc:
        raise TurnError(
            "tts", "tts_failed", "The voice failed in the middle of a sentence.", "Ask again."
        ) from exc


def closed_voice() -> TurnError:
    """Return the error for a voice that is asked to speak after its end."""
    return TurnError("tts", "tts_closed", "The voice is closed.", "Ask again.")
