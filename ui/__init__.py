"""The window: a thin Qt layer on `assistant.api` (Qt is imported only inside functions here)."""
