"""Measurements behind ``assistant bench``; pure functions that return typed results."""
