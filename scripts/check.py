"""`make check`: every check that is not a test, two at a time; says which failed, and what it said."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
TEMPLATES = sorted(map(str, (ROOT / "templates").rglob("*.html")))
# As in production: what `check --deploy` says is about these settings.
PRODUCTION = {"PUBLIC_URL": "https://ferma.example", "ALLOWED_HOSTS": "ferma.example"}
# ruff's S rules are bandit's, each exception explained in its place; bandit itself looks for the gravest.
CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "types": ([f"{BIN}/mypy"], {}),
    "style": ([f"{BIN}/ruff", "check", "--output-format", "concise", "."], {}),
    "format": ([f"{BIN}/ruff", "format", "--check", "."], {}),
    "layers": ([f"{BIN}/lint-imports", "--no-logo"], {}),
    "templates": ([f"{BIN}/djade", "--check", "--target-version", "5.2", *TEMPLATES], {}),
    "translations": ([*MANAGE, "messages", "--check"], {}),
    "migrations": ([*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    "deployment": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    "security": (
        [f"{BIN}/bandit", "--quiet", "--severity-level", "high", "-c", "pyproject.toml", "-r", "."],
        {},
    ),
}


def run(name: str) -> tuple[str, int, float, str]:
    """Run one check; returns its name, exit code, seconds and output."""
    command, extra = CHECKS[name]
    env = {"FERMA_VAR": str(ROOT / "var" / "test"), **os.environ, **extra, "LOG_LEVEL": "WARNING"}
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return name, done.returncode, time.monotonic() - started, done.stdout


def main() -> int:
    chosen = sys.argv[1:] or list(CHECKS)
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, code, seconds, output in pool.map(run, chosen):
            print(f"{'failed' if code else 'ok':<7}{name:<14}{seconds:5.1f} s", flush=True)
            if code:
                failed.append(name)
                print(output, flush=True)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
