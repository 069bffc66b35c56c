"""What `assistant bench barge-in` found, as values, JSON and one table.

Owns the shape of the answer; measures nothing and prints nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from assistant.metrics import Distribution, distribution


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Echo return loss enhancement on one path.

    Attributes:
        room: ``synthetic`` or ``measured``.
        delay_ms: of the path.
        level_db: of the echo, relative to the playback.
        rt60_s: of the room.
        voice: ``espeak-ng`` or ``people``.
        erle_db: over the second half of the recording.
        first_s_db: over seconds 1 to 3 of the session.
        converged_s: until half a second of echo was first reduced by 15 dB; None if never.
    """

    room: str
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
        echo: ``cancelled`` (in a quiet room, or with noise), or ``as it is`` for comparison.
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
        near_dbfs: level of the person; None: all levels together.
        room: ``synthetic`` (three) or ``measured``; three delays in either.
        kind: ``utterances``, or ``short words`` below 0.6 s.
        trials: how many.
        missed: how many were not decided within 1.5 s of the onset.
        missed_clips: which.
        early: decided less than 200 ms after the onset, so on something that came before it.
        delays_ms: onset of the person's speech (in the clean recording) to silence at the loudspeaker's
            device, 300 ms of judging included, of each that was decided.
    """

    near_dbfs: float | None
    room: str
    kind: str
    trials: int
    missed: int
    missed_clips: tuple[str, ...]
    early: int
    delays_ms: tuple[float, ...]

    @property
    def delay_ms(self) -> Distribution | None:
        """Summary of the delays; None without any."""
        return distribution(self.delays_ms) if self.delays_ms else None


@dataclass(frozen=True, slots=True)
class BargeInReport:
    """Everything one run found."""

    half: str
    seed: int
    cancellation: tuple[Cancellation, ...]
    false: tuple[FalseInterruptions, ...]
    true: tuple[Interruptions, ...]

    def together(self) -> list[Interruptions]:
        """The utterances of all levels in one, room by room, then of every room whose devices are steady."""
        rooms = dict.fromkeys(row.room for row in self.true)
        groups = {room: {room} for room in rooms} | {"any": {"measured", "synthetic"} & set(rooms)}
        found = []
        for name, members in groups.items():
            rows = [row for row in self.true if row.kind == "utterances" and row.room in members]
            found.append(
                Interruptions(
                    near_dbfs=None,
                    room=name,
                    kind="utterances",
                    trials=sum(row.trials for row in rows),
                    missed=sum(row.missed for row in rows),
                    missed_clips=tuple(clip for row in rows for clip in row.missed_clips),
                    early=sum(row.early for row in rows),
                    delays_ms=tuple(delay for row in rows for delay in row.delays_ms),
                )
            )
        return found

    def as_json(self) -> dict[str, object]:
        """The whole of it, for ``--json``."""
        return {
            "half": self.half,
            "seed": self.seed,
            "synthetic": ["all rooms but one", "device delay", "microphone noise"],
            "real": [
                "interrupting voices",
                "played voices: people and espeak-ng",
                "noise",
                "a room",
            ],
            "erle": [asdict(row) for row in self.cancellation],
            "false_interruptions": [asdict(row) for row in self.false],
            "interruptions": [
                asdict(row) | {"delay_ms": row.delay_ms.as_json() if row.delay_ms else None}
                for row in (*self.true, *self.together())
            ],
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """One table for people: what, found, wanted (empty where nothing was asked for)."""
        rows = []
        for row in self.cancellation:
            at = f"{row.room} room, {row.delay_ms:.0f} ms, {row.level_db:.0f} dB"
            found = f"{row.erle_db:.0f} dB ({row.first_s_db:.0f} dB in seconds 1 to 3)"
            rows.append((f"echo taken away, {row.voice}, {at}", found, ""))
        for alone in self.false:
            found = (
                f"{alone.interruptions} in {alone.minutes:.0f} min ({alone.onsets} times ducked)"
            )
            wanted = "1 in 10 min" if alone.echo == "cancelled" else ""
            rows.append((f"false interruptions, {alone.voice}, echo {alone.echo}", found, wanted))
        for true in (*self.true, *self.together()):
            level = "all levels" if true.near_dbfs is None else f"{true.near_dbfs:.0f} dBFS"
            what = f"{true.kind} at {level}, {true.room} room"
            share = 100 * true.missed / max(1, true.trials)
            found = f"{share:.0f} % ({true.missed} of {true.trials}, {true.early} early)"
            if true.delay_ms is not None:
                found += f"; {true.delay_ms.p50:.0f} / {true.delay_ms.p95:.0f} ms"
            wanted = "5 %; 350 / 450 ms" if true.kind == "utterances" else ""
            rows.append((f"missed; onset to silence P50 / P95, {what}", found, wanted))
        return rows
