"""A simulator of the cash register Mercury-130K, exact on the wire."""
