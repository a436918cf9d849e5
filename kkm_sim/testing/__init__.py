"""What the pytest plugin's fixtures return, and how it runs scenarios. `kkm_sim.pytest_plugin` has the hooks."""
