"""Getting models onto this computer and off it again; the only code that may open a socket."""
