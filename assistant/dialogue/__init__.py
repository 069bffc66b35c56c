"""The course of a conversation: one turn after another, and what is remembered."""
