"""What the assistant can do besides talk: typed, registered, time-limited functions."""
