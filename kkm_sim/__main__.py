"""`python -m kkm_sim`, the same as `kkm-sim`."""

from kkm_sim.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
