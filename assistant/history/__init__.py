"""What was said, kept on this computer: conversations in SQLite."""
