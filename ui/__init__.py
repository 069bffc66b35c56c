"""The window: a thin Qt layer on `assistant.api`; nothing here imports Qt before `ui.app` is imported."""
