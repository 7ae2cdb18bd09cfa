"""Who knows about what: the staff directory and its skills. A library of its own; a session is handed to it."""
