from tests.remote.master.beside import held

__all__ = ["held"]
