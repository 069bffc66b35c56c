"""The supervised child process that owns the models, and the messages that cross its border."""
