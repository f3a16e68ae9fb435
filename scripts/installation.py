"""The steps of the set-up, each with a stamp: the hash of what it was made from.

Standard library only: it runs before anything is installed. What the tools print goes to var/log/setup.log.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOG = ROOT / "var" / "log" / "setup.log"
REQUIREMENTS = ROOT / "requirements"
UNREACHABLE = re.compile(
    r"NameResolution|name resolution|NewConnectionError|Could not resolve|ENOTFOUND|EAI_AGAIN|ECONNREFUSED"
    r"|ETIMEDOUT|Connection refused|timed out|Network is unreachable|ProxyError|No matching distribution"
    r"|dns error",
    re.IGNORECASE,
)


class SetupError(Exception):
    """The set-up cannot go on; the message says why in a sentence."""


def install(*, with_tools: bool) -> None:
    """Do each step whose ingredients changed. Raises SetupError."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (LOG.parent / "setup.lock").open("w") as lock:
        # Two `make`s at once take turns, and the second finds everything done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install_python_packages("dev" if with_tools else "base")
        install_assets()
        compile_translations()


def make_venv() -> None:
    """Make .venv with this Python, unless one is there that works."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError("A virtual environment could not be made: install Python's venv module (python3-venv).")


def install_python_packages(name: str) -> None:
    """Install requirements/<name>.txt, each file checked against the hash in it."""
    locked = REQUIREMENTS / f"{name}.txt"
    if is_done(name, locked) or (name == "base" and is_done("dev", REQUIREMENTS / "dev.txt")):
        return
    say("Installing Python packages (the first time takes a minute or two)")
    if not install_with_uv(locked):
        pip_install(locked)
    done(name, locked)


def install_with_uv(locked: Path) -> bool:
    """Try uv, many times faster. It does not read pip's mirror settings: it may fail where pip does not."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        only_uv = STAMPS / "uv.txt"
        STAMPS.mkdir(exist_ok=True)
        only_uv.write_text(section("uv", (REQUIREMENTS / "dev.txt").read_text()))
        if run(pip("install", "--require-hashes", "--no-deps", "-r", str(only_uv))):
            return False
    command = [str(uv), "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", str(locked)]
    return run(command, UV_HTTP_RETRIES="1") == 0


def pip_install(locked: Path) -> None:
    """Install with pip. Raises SetupError."""
    if run(pip("install", "--require-hashes", "-r", str(locked))):
        raise SetupError(f"The Python packages could not be installed: {reason()}.")


def pip(*words: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *words]


def section(package: str, requirements: str) -> str:
    """The lines of one package in a locked requirements file."""
    found = re.search(rf"^{package}==.*?(?=^\S|\Z)", requirements, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SetupError(f"{package} is missing from requirements/dev.txt; run `make lock`.")
    return found[0]


def install_assets() -> None:
    """Fetch what pages are drawn with, and copy the few files needed to static/vendor."""
    locked = ROOT / "package-lock.json"
    modules = ROOT / "node_modules"
    if not is_done("npm", locked, ROOT / "package.json") or not modules.exists():
        say("Fetching styles, scripts and icons")
        if run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]):
            raise SetupError(f"The npm packages could not be fetched: {reason()}.")
        done("npm", locked, ROOT / "package.json")
    recipe = ROOT / "scripts" / "assets.py"
    icons = "\n".join(assets.used_icons())
    if is_done("assets", locked, recipe, text=icons) and (assets.VENDOR / "icons.svg").exists():
        return
    try:
        assets.copy_files()
        assets.draw_sprite()
    except assets.AssetError as error:
        raise SetupError(str(error)) from error
    done("assets", locked, recipe, text=icons)


def npm() -> list[str]:
    """The npm of this machine, or the one of a Python package where there is none."""
    own = shutil.which("npm") if shutil.which("node") else None
    if own:
        return [own]
    locked = REQUIREMENTS / "node.txt"
    if not is_done("node", locked):
        say("No Node.js here: installing one into .venv")
        if not install_with_uv(locked):
            pip_install(locked)
        done("node", locked)
    return [str(VENV / "bin" / "npm")]


def compile_translations() -> None:
    """Compile the translations that are newer than their compiled form."""
    catalogues = list((ROOT / "locale").glob("*/*/LC_MESSAGES/django.po"))
    if all(is_newer(path.with_suffix(".mo"), path) for path in catalogues):
        return
    if run([str(PYTHON), "-m", "crm.messages"]):
        raise SetupError(f"The translations could not be compiled: see {LOG}.")


def is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime


def run(command: Sequence[str], **extra: str) -> int:
    """Run a command with its output in the log; returns its exit code."""
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", **extra}
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n")
        log.flush()
        return subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        ).returncode


def reason() -> str:
    """Why the last command failed, as far as its output tells."""
    last = LOG.read_text(errors="replace").rpartition("\n$ ")[2]
    details = f"details are in {LOG.relative_to(ROOT)}"
    if UNREACHABLE.search(last):
        return f"the package registry could not be reached; check the network ({details})"
    return details


def is_done(step: str, *ingredients: Path, text: str = "") -> bool:
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == digest(*ingredients, text=text)


def done(step: str, *ingredients: Path, text: str = "") -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / step).write_text(digest(*ingredients, text=text))


def digest(*ingredients: Path, text: str) -> str:
    total = hashlib.sha256(text.encode())
    for path in ingredients:
        total.update(path.read_bytes())
    return total.hexdigest()


def say(sentence: str) -> None:
    print(f"{sentence} …", flush=True)
