"""From a program to a till: over the network or at a port of this machine."""
