"""Virtual time: a line on a clock that jumps, and a bench on top of it."""
