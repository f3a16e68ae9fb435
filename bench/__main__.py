"""`python -m bench [NAME ...] [options]`: measurements, each beside the raw thing in one run.

Names are the modules of this folder: recompute, scale, fit_ltv, ingest and the others; options go to each of them.
Without a word recompute and scale run; options alone are those of recompute. Each has a process of its own, so that
one's peak of memory is not the next one's.
"""

import subprocess
import sys
from pathlib import Path

DEFAULT = ("recompute", "scale")


def main() -> None:
    """Run the named measurements one after the other."""
    folder = Path(__file__).parent
    known = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__", "base", "database", "pages"}
    names = [word for word in sys.argv[1:] if word in known]
    options = [word for word in sys.argv[1:] if word not in known]
    for name in names or (DEFAULT[:1] if options else DEFAULT):
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=False)
        if done.returncode:
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
