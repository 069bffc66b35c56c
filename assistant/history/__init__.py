"""What was said, kept on this computer: conversations in SQLite.

Knows events and settings, no models, no devices and no window; `assistant.api.history` is its way out.
"""
