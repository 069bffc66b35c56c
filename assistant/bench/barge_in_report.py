"""What `assistant bench barge-in` found, as values, JSON and one table.

Owns the shape of the answer; measures nothing and prints nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from assistant.metrics import Distribution


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Echo return loss enhancement on one path.

    Attributes:
        delay_ms: of the path.
        level_db: of the echo, relative to the playback.
        rt60_s: of the room.
        voice: ``espeak-ng`` or ``people``.
        erle_db: over the second half of the recording.
        first_s_db: over seconds 1 to 3 of the session.
        converged_s: until half a second of echo was first reduced by 15 dB; None if never.
    """

    delay_ms: float
    level_db: float
    rt60_s: float
    voice: str
    erle_db: float
    first_s_db: float
    converged_s: float | None


@dataclass(frozen=True, slots=True)
class FalseInterruptions:
    """The assistant speaking alone.

    Attributes:
        voice: ``espeak-ng`` or ``people``.
        echo: ``cancelled``, or ``as it is`` for comparison.
        minutes: of playback, over all scenes.
        onsets: times the playback was ducked.
        interruptions: times 300 ms of speech were judged: these stop the playback for 2 s.
        at_s: when, within the run.
    """

    voice: str
    echo: str
    minutes: float
    onsets: int
    interruptions: int
    at_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Interruptions:
    """People speaking over the assistant.

    Attributes:
        near_dbfs: level of the person.
        kind: ``utterances``, or ``short words`` below 0.6 s.
        trials: how many.
        missed: how many were not decided within 1.5 s of the onset.
        missed_clips: which.
        delay_ms: onset of the person's speech (in the clean recording) to the decision; None without any.
    """

    near_dbfs: float
    kind: str
    trials: int
    missed: int
    missed_clips: tuple[str, ...]
    delay_ms: Distribution | None


@dataclass(frozen=True, slots=True)
class BargeInReport:
    """Everything one run found."""

    seed: int
    cancellation: tuple[Cancellation, ...]
    false: tuple[FalseInterruptions, ...]
    true: tuple[Interruptions, ...]

    def as_json(self) -> dict[str, object]:
        """The whole of it, for ``--json``."""
        return {
            "seed": self.seed,
            "synthetic": ["room", "loudspeaker", "device delay", "microphone noise"],
            "real": ["interrupting voices", "played voices: people and espeak-ng"],
            "erle": [asdict(row) for row in self.cancellation],
            "false_interruptions": [asdict(row) for row in self.false],
            "interruptions": [
                asdict(row) | {"delay_ms": row.delay_ms.as_json() if row.delay_ms else None}
                for row in self.true
            ],
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """One table for people: what, found, wanted (empty where nothing was asked for)."""
        rows = [
            (
                f"echo taken away, {row.voice}, {row.delay_ms:.0f} ms, {row.level_db:.0f} dB",
                f"{row.erle_db:.0f} dB ({row.first_s_db:.0f} dB in seconds 1 to 3)",
                "",
            )
            for row in self.cancellation
        ]
        rows += [
            (
                f"false interruptions, {row.voice}, echo {row.echo}",
                f"{row.interruptions} in {row.minutes:.0f} min ({row.onsets} times ducked)",
                "1 in 10 min" if row.echo == "cancelled" else "",
            )
            for row in self.false
        ]
        for row in self.true:
            what = f"{row.kind} at {row.near_dbfs:.0f} dBFS"
            wanted = ("5 %", "350 / 450 ms") if row.kind == "utterances" else ("", "")
            share = 100 * row.missed / max(1, row.trials)
            rows.append(
                (f"missed {what}", f"{share:.0f} % ({row.missed} of {row.trials})", wanted[0])
            )
            if row.delay_ms is not None:
                delay = f"{row.delay_ms.p50:.0f} / {row.delay_ms.p95:.0f} ms"
                rows.append((f"onset to decision, {what}, P50 / P95", delay, wanted[1]))
        return rows
