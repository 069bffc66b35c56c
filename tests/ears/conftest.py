"""Tests that load the detector of speech: in a process without llama.cpp (docs/adr/0008-vad.md)."""

from tests.live.conftest import pulse, pulse_server

__all__ = ["pulse", "pulse_server"]
