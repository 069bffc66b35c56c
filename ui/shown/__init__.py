"""What the window shows, as plain values that widgets only paint."""
