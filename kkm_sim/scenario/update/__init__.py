"""`replay --update`: what was seen takes the place of what was expected."""
