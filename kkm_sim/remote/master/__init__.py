"""The master beside the till: whole operations carried through on its line."""
