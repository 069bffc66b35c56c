"""Builds models with random weights in the real ones' shape, to measure speed and memory with."""
