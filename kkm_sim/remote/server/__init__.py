"""Who is let in, who holds which till, and the connections. Runs beside the tills."""
