"""Recordings in files: what any program may have left there, and what becomes of it."""

from __future__ import annotations

import errno
import io
import os
import resource
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from assistant.audio.files import AudioClip, read_audio, speech_bounds, write_wav
from assistant.errors import AudioError

DATA = Path(__file__).parent.parent / "data"
PEAK = 0.3

Samples = NDArray[np.float32]


def tone(rate_hz: int = 16000, seconds: float = 1.0) -> Samples:
    """A 440 Hz tone of peak 0.3 that begins and ends softly."""
    times = np.arange(round(rate_hz * seconds)) / rate_hz
    fade = np.minimum(1, np.minimum(times, seconds - times) / 0.05)
    return (PEAK * fade * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def encoded(
    samples: Samples, rate_hz: int = 16000, container: str = "WAV", encoding: str | None = None
) -> bytes:
    import soundfile

    target = io.BytesIO()
    soundfile.write(target, samples, rate_hz, format=container, subtype=encoding)
    return target.getvalue()


def pcm16(samples: Samples) -> bytes:
    return np.rint(samples * 32767).astype("<i2").tobytes()


def wav(
    sound: bytes = pcm16(tone()),
    *,
    rate_hz: int = 16000,
    channels: int = 1,
    bits: int = 16,
    riff_size: int | None = None,
    data_size: int | None = None,
    extra: bytes = b"",
) -> bytes:
    """A WAV file made by hand, so that each field can be wrong."""
    width = channels * bits // 8
    form = struct.pack(
        "<HHIIHH", 1, channels, rate_hz, rate_hz * width & 0xFFFFFFFF, width & 0xFFFF, bits
    )
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + extra
    body += b"data" + struct.pack("<I", len(sound) if data_size is None else data_size) + sound
    return b"RIFF" + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def tone_with(change: Callable[[Samples], Samples]) -> bytes:
    return encoded(change(tone().copy()), encoding="FLOAT")


def with_value(value: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        samples[4000:4100] = value
        return samples

    return change


def overwritten(content: bytes, start: int, count: int) -> bytes:
    noise = np.random.default_rng(1).bytes(count)
    return content[:start] + noise + content[start + count :]


def channels(count: int) -> Samples:
    return np.stack([tone()] * count, axis=1)


def only_in_channel(channel: int, count: int) -> Samples:
    sound = np.zeros((16000, count), dtype=np.float32)
    sound[:, channel] = tone()
    return sound


FIVE_SECONDS = np.tile(tone(), 5)

# --- files that hold a second of the tone, however oddly ---------------------------------------------

READABLE: dict[str, bytes] = {
    "16 bit": wav(),
    "8 bit unsigned": encoded(tone(), encoding="PCM_U8"),
    "24 bit": encoded(tone(), encoding="PCM_24"),
    "32 bit integers": encoded(tone(), encoding="PCM_32"),
    "32 bit floats": encoded(tone(), encoding="FLOAT"),
    "64 bit floats": encoded(tone(), encoding="DOUBLE"),
    "A-law": encoded(tone(), encoding="ALAW"),
    "mu-law": encoded(tone(), encoding="ULAW"),
    "IMA ADPCM": encoded(tone(), encoding="IMA_ADPCM"),
    "Microsoft ADPCM": encoded(tone(), encoding="MS_ADPCM"),
    "stereo": encoded(channels(2)),
    "6 channels, extensible": encoded(channels(6), container="WAVEX"),
    "4 kHz": encoded(tone(4000), 4000),
    "8 kHz": encoded(tone(8000), 8000),
    "44.1 kHz": encoded(tone(44100), 44100),
    "48 kHz": encoded(tone(48000), 48000),
    "96 kHz": encoded(tone(96000), 96000),
    "192 kHz": encoded(tone(192000), 192000),
    "an odd rate": encoded(tone(12345), 12345),
    "FLAC": encoded(tone(), container="FLAC"),
    "OGG Vorbis": encoded(tone(), container="OGG"),
    "MP3": encoded(tone(), container="MP3"),
    "AIFF": encoded(tone(), container="AIFF"),
    "AU": encoded(tone(), container="AU"),
    "CAF": encoded(tone(), container="CAF"),
    "W64": encoded(tone(), container="W64"),
    "RF64": encoded(tone(), container="RF64"),
    "NIST sphere": encoded(tone(), container="NIST"),
    "streamed, sizes 0xFFFFFFFF": wav(riff_size=0xFFFFFFFF, data_size=0xFFFFFFFF),
    "streamed, sizes 0": wav(riff_size=0, data_size=0),
    "never finished, sizes of an empty file": wav(riff_size=36, data_size=0),
    "another chunk before the sound": wav(extra=b"LIST" + struct.pack("<I", 5) + b"hello\0"),
    "a size field that promises more": wav(data_size=10**6),
    "one infinite sample": tone_with(with_value(0)).replace(
        b"\0" * 4, struct.pack("<f", np.inf), 1
    ),
}


@pytest.mark.parametrize("kind", READABLE)
def test_a_second_of_sound_is_read_from(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(READABLE[kind])

    clip = read_audio(path)

    assert clip.rate_hz == 16000
    assert clip.seconds == pytest.approx(1.0, abs=0.02)  # ADPCM pads its last block
    assert clip.samples.dtype == np.float32
    assert clip.samples.ndim == 1
    assert not clip.samples.flags.writeable
    assert np.abs(clip.samples).max() == pytest.approx(PEAK, rel=0.05)
    assert dominant_hz(clip) == pytest.approx(440, abs=2)
    assert not clip.is_silent


def dominant_hz(clip: AudioClip) -> float:
    spectrum = np.abs(np.fft.rfft(clip.samples))
    return float(np.argmax(spectrum) * clip.rate_hz / clip.samples.size)


# --- files that can be used in part, or after a repair -----------------------------------------------

REPAIRED: dict[str, tuple[bytes, float, str]] = {
    "a WAV cut in the middle": (wav()[:-16001], 0.5, "ends early"),
    "a FLAC cut in the middle": (
        encoded(FIVE_SECONDS, container="FLAC")[:20000],
        2.2,
        "ends early",
    ),
    "an MP3 cut in the middle": (encoded(FIVE_SECONDS, container="MP3")[:4000], 3.0, "ends early"),
    "a FLAC damaged in the middle": (
        overwritten(encoded(FIVE_SECONDS, container="FLAC"), 15000, 500),
        1.7,
        "ends early",
    ),
    "not-a-number samples": (tone_with(with_value(np.nan)), 1.0, "100 impossible"),
    "infinite samples": (tone_with(with_value(-np.inf)), 1.0, "100 impossible"),
    "absurd samples": (tone_with(with_value(1e30)), 1.0, "100 impossible"),
    "floats above full scale": (tone_with(lambda sound: sound * 10), 1.0, "full scale"),
    "floats on a 16-bit scale": (tone_with(lambda sound: sound * 32768), 1.0, "full scale"),
    "a constant offset": (tone_with(lambda sound: sound + 0.4), 1.0, "offset"),
    "channels that cancel": (encoded(np.stack([tone(), -tone()], axis=1)), 1.0, "cancel"),
    "sound in 1 of 16 channels": (encoded(only_in_channel(11, 16)), 1.0, "channel 12"),
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_what_can_be_used_is_used_and_told_of(kind: str, tmp_path: Path) -> None:
    content, seconds, note = REPAIRED[kind]
    path = tmp_path / "sound"
    path.write_bytes(content)

    clip = read_audio(path)

    assert clip.seconds == pytest.approx(seconds, abs=0.3)
    assert len(clip.notes) == 1
    assert note in clip.notes[0]
    assert np.isfinite(clip.samples).all()
    assert np.abs(clip.samples).max() <= 1.0
    assert abs(float(clip.samples.mean())) < 0.01
    assert dominant_hz(clip) == pytest.approx(440, abs=2)


def test_a_sound_file_needs_no_note(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav())
    assert read_audio(path).notes == ()


def test_the_source_is_described(tmp_path: Path) -> None:
    path = tmp_path / "sound.bin"
    path.write_bytes(encoded(np.stack([tone(44100)] * 2, axis=1), 44100, "FLAC", "PCM_24"))
    source = read_audio(path).source
    assert (source.container, source.encoding, source.rate_hz, source.channels) == (
        "FLAC",
        "PCM_24",
        44100,
        2,
    )


# --- files that cannot be used -----------------------------------------------------------------------

HOUR_FRAMES = 3600 * 16000

UNUSABLE: dict[str, tuple[bytes, str]] = {
    "zero bytes": (b"", "file_empty"),
    "a header without sound": (wav(b""), "file_empty"),
    "text": (b"set a timer for five minutes\n" * 50, "file_not_audio"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(3000), "file_not_audio"),
    "random bytes": (np.random.default_rng(0).bytes(20000), "file_not_audio"),
    "nothing but zero bytes": (bytes(20000), "file_not_audio"),
    "an MP4 sound file": (b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(3000), "file_not_audio"),
    "a lone MP3 tag": (b"ID3\x03\0\0\0\0\x0f\x76" + bytes(3000), "file_not_audio"),
    "a web page": (b"<!doctype html><html></html>" * 20, "file_not_audio"),
    "a WAV cut in its header": (wav()[:30], "file_damaged"),
    "a WAV of 12 bytes": (wav()[:12], "file_damaged"),
    "a FLAC cut in its header": (encoded(tone(), container="FLAC")[:30], "file_damaged"),
    "a FLAC header without sound": (encoded(tone(), container="FLAC")[:42], "file_damaged"),
    "an OGG cut in its header": (encoded(tone(), container="OGG")[:2000], "file_damaged"),
    "a header that promises an hour": (wav(b"", data_size=2 * HOUR_FRAMES), "file_damaged"),
    "a WAV that calls its encoding 0xFFFF": (
        wav().replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0\xff\xff", 1),
        "file_damaged",
    ),
    "rate 0": (wav(rate_hz=0), "file_damaged"),
    "channels 0": (wav(channels=0), "file_damaged"),
    "65535 channels": (wav(channels=65535), "file_damaged"),
    "rate 1": (wav(rate_hz=1), "file_rate_unsupported"),
    "rate 3999": (wav(rate_hz=3999), "file_rate_unsupported"),
    "rate 192001": (wav(rate_hz=192001), "file_rate_unsupported"),
    "1 sample": (wav(b"\1\0"), "file_too_short"),
    "10 ms": (wav(pcm16(tone(seconds=0.01))), "file_too_short"),
    "1024 channels of 8 ms": (wav(pcm16(np.tile(tone(), 8)), channels=1024), "file_too_short"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_one_sentence_and_a_stable_code_for(kind: str, tmp_path: Path) -> None:
    content, code = UNUSABLE[kind]
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    assert_refused(path, code)


def assert_refused(path: Path | str, code: str) -> AudioError:
    with pytest.raises(AudioError) as caught:
        read_audio(path)
    assert caught.value.code == code
    assert caught.value.exit_code == 4
    assert_plain(caught.value)
    return caught.value


def assert_plain(error: AudioError) -> None:
    """One printable line, one sentence, a hint, and nothing only a programmer understands."""
    for text in (error.message, error.hint):
        assert text.isprintable()
        assert text.endswith(".")
        for word in ("Error", "Errno", "Traceback", "exception", "None", "libsndfile", "errno"):
            assert word not in text


@pytest.mark.parametrize("extension", ["raw", "gsm", "vox", "wav", "mp3", "txt"])
def test_noise_is_no_sound_whatever_its_name(extension: str, tmp_path: Path) -> None:
    path = tmp_path / f"noise.{extension}"
    path.write_bytes(np.random.default_rng(0).bytes(20000))
    assert_refused(path, "file_not_audio")


def test_a_missing_file_is_told_from_an_unreadable_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(wav())
    assert_refused(tmp_path / "nowhere.wav", "file_missing")
    assert_refused(tmp_path / "no" / "folder.wav", "file_missing")
    assert_refused(file / "inside.wav", "file_missing")
    assert_refused("", "file_unreadable")
    assert_refused("a\0b.wav", "file_missing")
    assert_refused("x" * 5000, "file_unreadable")
    assert_refused(tmp_path, "file_unreadable")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
def test_devices_pipes_and_link_loops_are_refused_without_waiting(tmp_path: Path) -> None:
    assert_refused("/dev/null", "file_unreadable")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert_refused(pipe, "file_unreadable")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert_refused(loop, "file_unreadable")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert_refused(dangling, "file_missing")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav())
    path.chmod(0)
    assert_refused(path, "file_unreadable")


@pytest.mark.parametrize(
    "name", ["two words.wav", "ñandú 語 🙂.wav", "line\nbreak.wav", "tab\there.wav", "-.wav"]
)
def test_any_file_name_can_be_read_and_shown(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(wav())
    assert read_audio(path).seconds == 1.0
    path.write_bytes(b"no sound here")
    assert_refused(path, "file_not_audio")


def test_a_file_name_that_is_not_text_can_be_read(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    try:
        Path(path).write_bytes(wav())
    except OSError:
        pytest.skip("this file system has only Unicode names")
    assert read_audio(path).seconds == 1.0


def test_an_hour_is_refused_from_its_header_with_its_length(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with path.open("wb") as file:
        file.write(wav(b"", data_size=2 * HOUR_FRAMES, riff_size=2 * HOUR_FRAMES + 36))
        file.truncate(44 + 2 * HOUR_FRAMES)  # a hole: no disk space
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    error = assert_refused(path, "file_too_long")

    assert "60 minutes" in error.message
    assert "10 minutes" in error.message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 20 * 1024


def test_an_hour_of_silence_in_a_small_flac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hour.flac"
    path.write_bytes(encoded(np.zeros(3600 * 4000, dtype=np.int16), 4000, "FLAC"))
    assert path.stat().st_size < 100_000
    assert_refused(path, "file_too_long")


def test_the_length_limits_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav())
    assert read_audio(path, max_seconds=1.0).seconds == 1.0
    with pytest.raises(AudioError, match="lasts 1 seconds; at most 0 seconds"):
        read_audio(path, max_seconds=0.4)
    with pytest.raises(AudioError, match="lasts only 1000"):
        read_audio(path, min_seconds=2.0)


def test_a_stream_that_hides_its_length_is_stopped_at_the_limit(tmp_path: Path) -> None:
    content = bytearray(encoded(FIVE_SECONDS, container="FLAC"))
    # STREAMINFO: the low 36 bits before the MD5 sum are the number of samples; 0 means unknown.
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path = tmp_path / "stream.flac"
    path.write_bytes(content)
    assert read_audio(path).seconds == pytest.approx(5.0, abs=0.3)
    with pytest.raises(AudioError) as caught:
        read_audio(path, max_seconds=2.0)
    assert caught.value.code == "file_too_long"


# --- silence and rates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sound",
    [np.zeros(16000), np.full(16000, 0.5), np.full(16000, np.nan), tone() * 0.001],
    ids=["zeros", "a constant", "not a number", "a tone at -70 dBFS"],
)
def test_silence_is_told_but_no_error(sound: Samples, tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    path.write_bytes(encoded(sound.astype(np.float32), encoding="FLOAT"))
    assert read_audio(path).is_silent


def test_people_noise_and_a_silent_room_are_told_apart_from_digital_silence() -> None:
    for path in DATA.glob("*.*a*"):
        if path.suffix in {".wav", ".flac"}:
            assert not read_audio(path).is_silent


@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000, 48000])
def test_the_wanted_rate_is_given(rate_hz: int) -> None:
    clip = read_audio(DATA / "eight.flac", rate_hz)
    assert clip.rate_hz == rate_hz
    assert clip.seconds == pytest.approx(1.0, abs=0.001)


def test_a_16_khz_recording_is_read_sample_for_sample() -> None:
    with wave.open(str(DATA / "what_time_is_it.wav")) as file:
        expected = np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32768)
    np.testing.assert_array_equal(read_audio(DATA / "what_time_is_it.wav").samples, expected)


# --- writing -----------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(arrays(np.int16, st.integers(1600, 5000)), st.sampled_from([8000, 16000, 24000]))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pcm: NDArray[np.int16], rate_hz: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.wav"
    samples = pcm.astype(np.float32) / 32768
    write_wav(path, samples, rate_hz)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate_hz)
        np.testing.assert_array_equal(np.frombuffer(file.readframes(-1), "<i2"), pcm)


def test_samples_beyond_full_scale_are_clipped_and_impossible_ones_silent(tmp_path: Path) -> None:
    samples = np.array([2, -2, np.nan, np.inf, -np.inf, 0.5], dtype=np.float32)
    write_wav(tmp_path / "x.wav", samples, 16000)
    pcm = (tmp_path / "x.wav").read_bytes()[44:]
    assert np.frombuffer(pcm, "<i2").tolist() == [32767, -32768, 0, 32767, -32768, 16384]


def test_an_existing_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    path.write_bytes(b"old")
    write_wav(path, tone(), 16000)
    assert read_audio(path).seconds == 1.0
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link.wav", tmp_path / "target.wav"
    link.symlink_to(target)
    write_wav(link, tone(), 16000)
    assert link.is_symlink()
    assert read_audio(target).seconds == 1.0


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs Linux")
def test_devices_are_written_to_and_not_replaced() -> None:
    write_wav("/dev/null", tone(), 16000)
    assert Path("/dev/null").is_char_device()
    with pytest.raises(AudioError) as caught:
        write_wav("/dev/full", tone(), 16000)
    assert caught.value.code == "disk_full"
    assert_plain(caught.value)
    assert Path("/dev/full").is_char_device()


def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "reply.wav"
    path.write_bytes(b"old")

    def no_space(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(AudioError) as caught:
        write_wav(path, tone(), 16000)
    assert caught.value.code == "disk_full"
    assert_plain(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["no/folder/x.wav", "file/x.wav", "", "x" * 300, "a\0b"])
def test_a_place_that_cannot_be_written_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AudioError) as caught:
        write_wav(os.path.join(tmp_path, name), tone(), 16000)  # noqa: PTH118 - a NUL is no Path
    assert caught.value.code == "file_unwritable"
    assert_plain(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# --- where speech begins and ends --------------------------------------------------------------------

SPEECH_SECONDS = {
    # By eye, from the energy in frames of 30 ms.
    "what_time_is_it.wav": (0.75, 1.6),
    "set_a_timer_for_5_minutes.flac": (0.0, 1.85),
    "eight.flac": (0.2, 0.85),
    "the_egyptian_background.flac": (0.5, 2.95),
    "enciende_el_ventilador.flac": (0.25, 1.1),
}


@pytest.mark.parametrize("name", SPEECH_SECONDS)
def test_speech_is_found_where_it_is(name: str) -> None:
    clip = read_audio(DATA / name)
    bounds = speech_bounds(clip.samples, clip.rate_hz)
    assert bounds is not None
    assert [edge / clip.rate_hz for edge in bounds] == pytest.approx(SPEECH_SECONDS[name], abs=0.15)


@pytest.mark.parametrize("name", ["room_silence.flac", "steady_noise.flac"])
def test_no_speech_is_found_in(name: str) -> None:
    clip = read_audio(DATA / name)
    assert speech_bounds(clip.samples, clip.rate_hz) is None


@pytest.mark.parametrize("seconds", [0.0, 0.00001, 0.1, 3.0])
def test_no_speech_is_found_in_digital_silence_and_white_noise(seconds: float) -> None:
    count = round(seconds * 16000)
    assert speech_bounds(np.zeros(count, dtype=np.float32), 16000) is None
    noise = np.random.default_rng(0).normal(0, 0.05, count).astype(np.float32)
    assert speech_bounds(noise, 16000) is None


@pytest.mark.parametrize("rate_hz", [8000, 22050, 24000, 48000])
def test_speech_is_found_at_any_rate(rate_hz: int) -> None:
    clip = read_audio(DATA / "what_time_is_it.wav", rate_hz)
    bounds = speech_bounds(clip.samples, rate_hz)
    assert bounds is not None
    assert [edge / rate_hz for edge in bounds] == pytest.approx((0.75, 1.6), abs=0.15)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1.5), st.floats(0, 1.5), st.floats(0.1, 1.5))
def test_silence_around_speech_moves_the_bounds_with_it(
    before_s: float, after_s: float, gain: float
) -> None:
    speech = read_audio(DATA / "what_time_is_it.wav").samples * np.float32(gain)
    hiss = np.random.default_rng(0)
    # In whole frames, so that the frames fall alike.
    before, after = (
        hiss.normal(0, 1e-4, int(s / 0.03) * 480).astype(np.float32) for s in (before_s, after_s)
    )
    bounds = speech_bounds(np.concatenate((before, speech, after)), 16000)
    assert bounds is not None
    first, last = bounds
    assert 0 <= first < last <= before.size + speech.size + after.size
    assert (first - before.size) / 16000 == pytest.approx(0.75, abs=0.2)
    assert (last - before.size) / 16000 == pytest.approx(1.6, abs=0.2)
