"""An offline desktop voice assistant: speech in, a small language model, speech out, on the CPU."""

__version__ = "0.1.0"
