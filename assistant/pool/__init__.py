"""Loaded models: counted, budgeted, shared, evicted."""
