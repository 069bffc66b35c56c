"""Protocol Buffers as far as ONNX files need them: stepping over the fields of a message, and writing some.

Owns the wire format alone and knows no message. Weights are stepped over, never copied. Source: "Encoding",
the Protocol Buffers documentation; https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT: Final = 10
_MORE: Final = 0x80
"""The bit that says whether another byte follows."""


def fields(content: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of a message; numbers of fixed length are left out.

    Raises:
        ValueError, IndexError: it is no message, or ends too early.
    """
    position = 0
    while position < len(content):
        tag, position = varint(content, position)
        kind = tag & 7
        if kind == VARINT:
            value, position = varint(content, position)
            yield tag >> 3, value
            continue
        if kind == BYTES:
            length, position = varint(content, position)
        elif kind in {FIXED64, FIXED32}:
            length = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind}")
        if position + length > len(content):
            raise ValueError("the file ends too early")
        if kind == BYTES:
            yield tag >> 3, content[position : position + length]
        position += length


def varint(content: memoryview, position: int) -> tuple[int, int]:
    """Return a number and the position behind it."""
    value = 0
    for shift in range(LONGEST_VARINT):
        byte = content[position]
        position += 1
        value |= (byte & ~_MORE) << (7 * shift)
        if not byte & _MORE:
            return value, position
    raise ValueError("a number is too long")


def message(content: memoryview | None, number: int) -> memoryview | None:
    """Return the first message, text or bytes of a field; None = there is none."""
    for found, value in fields(content) if content is not None else ():
        if found == number and isinstance(value, memoryview):
            return value
    return None


def text(content: memoryview, number: int) -> str:
    """Return the first text of a field; empty = there is none."""
    found = message(content, number)
    return "" if found is None else bytes(found).decode()


def whole(content: memoryview, number: int) -> int:
    """Return the first whole number of a field; 0 = there is none."""
    return next(
        (value for found, value in fields(content) if found == number and isinstance(value, int)),
        0,
    )


# --- writing --------------------------------------------------------------------------------------------


def written(number: int, value: int | str | bytes) -> bytes:
    """Return one field: a whole number from 0 on, a text, or bytes such as another message."""
    if isinstance(value, int):
        return _written_varint(number << 3 | VARINT) + _written_varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return _written_varint(number << 3 | BYTES) + _written_varint(len(raw)) + raw


def _written_varint(value: int) -> bytes:
    assert value >= 0, "negative numbers are written otherwise"
    out = bytearray()
    while value >= _MORE:
        out.append(value & ~_MORE & 0xFF | _MORE)
        value >>= 7
    return bytes([*out, value])
