"""Audio in and out as arrays and files; the only package that may import sounddevice."""
