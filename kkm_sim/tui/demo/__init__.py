"""The demo: the till's screen with a SmartBox to work by hand, and a guided tour."""
