"""What each subcommand does: the only places that join the core to the outside."""
