"""The window's manners on a desktop: one instance, keys everywhere, tray icon, start at login, places."""

APP_ID = "org.sarai.Assistant"
"""Name of the program on the desktop: base of its .desktop file, icon, and what the portal calls it."""
