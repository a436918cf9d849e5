"""Scenarios: how a till must be used, written down, and what replays them in virtual time."""
