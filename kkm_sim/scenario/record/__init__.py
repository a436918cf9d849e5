"""What happened at a simulator's edge, written down as a scenario that replays green."""
