"""Which models exist, where their files lie, and whether they are what they claim."""
