"""What may be said to each command: a module each, named after it, imported only for the command chosen."""
