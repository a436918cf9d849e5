"""The till on the terminal: a client of the control API, in a process of its own."""
