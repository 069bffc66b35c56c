"""Listening: from microphone samples to onsets, pauses and utterances, beside the capture thread."""
