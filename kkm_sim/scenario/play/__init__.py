"""A scenario played: steps carried out on a stage, expectations waited for."""
