"""`python -m bench [NAME ...] [options]`: measurements, each beside the raw thing in one run.

Names are the modules of this folder: recompute (the default), fit_ltv, ingest and the others; options go
to each of them.
"""

import runpy
import sys
from pathlib import Path

DEFAULT = ("recompute",)


def main() -> None:
    """Run the named measurements one after the other."""
    folder = Path(__file__).parent
    known = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__", "base", "database"}
    names = [word for word in sys.argv[1:] if word in known]
    options = [word for word in sys.argv[1:] if word not in known]
    for name in names or DEFAULT:
        sys.argv = [f"bench/{name}.py", *options]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
