"""Copy the few files that pages need out of node_modules/ to static/vendor/, and draw the icon sprite.

Standard library only: it runs before anything is installed.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

# Where it comes from under node_modules/, and where it goes under static/vendor/. The .map goes along where
# there is one: the file's last line names it, and collecting static files refuses a name it cannot find.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/js/tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select/tom-select.complete.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select/tom-select.bootstrap5.min.css",
}
LICENSES = ("@tabler/core", "@tabler/icons", "htmx.org", "echarts", "tom-select")

# An icon is used where one of these says so: {% icon "phone" %} in a template;
# icon="phone", "icon": "phone" or icon("phone") in Python.
IN_TEMPLATES = re.compile(r"""\{%\s*icon\s+["']([\w-]+)["']""")
IN_PYTHON = re.compile(r"""\bicon(?:["']\s*:|\s*:\s*str\s*=|\s*=|\()\s*["']([\w-]+)["']""")
FILLED = 'fill="currentColor"'
OUTLINED = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


class AssetError(Exception):
    """An asset that pages need is not in the installed packages."""


def used_icons() -> dict[str, Path]:
    """Names of the icons that templates and Python code use, each with a file that uses it."""
    found: dict[str, Path] = {}
    apps = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists()]
    python = [path for app in apps for path in app.rglob("*.py")]
    for pattern, files in ((IN_TEMPLATES, ROOT.glob("templates/**/*.html")), (IN_PYTHON, python)):
        for path in sorted(files):
            for name in pattern.findall(path.read_text(encoding="utf-8")):
                found.setdefault(name, path)
    return dict(sorted(found.items()))


def symbol(name: str, svg: str) -> str:
    """The icon's drawing as one `<symbol>` of the sprite, with the stroke or fill that its set uses."""
    body = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    body = re.sub(r'<path\s+stroke="none"\s+d="M0 0h24v24H0z"\s+fill="none"\s*/>', "", body)
    paint = FILLED if name.endswith("-filled") else OUTLINED
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{" ".join(body.split())}</symbol>'


def icon_source(name: str) -> Path:
    """File of an icon: the outline set, or the filled set for a name that ends in -filled."""
    if name.endswith("-filled"):
        return MODULES / "@tabler/icons/icons/filled" / f"{name.removesuffix('-filled')}.svg"
    return MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"


def draw_sprite() -> None:
    """Write static/vendor/icons.svg with one symbol per icon in use.

    Raises AssetError for a name that the icon set does not have.
    """
    symbols = []
    for name, user in used_icons().items():
        source = icon_source(name)
        if not source.exists():
            raise AssetError(f"{user.relative_to(ROOT)} uses the icon “{name}”, which @tabler/icons does not have.")
        symbols.append(symbol(name, source.read_text(encoding="utf-8")))
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    VENDOR.mkdir(parents=True, exist_ok=True)
    (VENDOR / "icons.svg").write_text(sprite, encoding="utf-8")


def copy_files() -> None:
    """Copy the allow-list, the maps beside it and the packages' licences."""
    for source, target in FILES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, destination)
        map_file = MODULES / f"{source}.map"
        if map_file.exists():
            shutil.copyfile(map_file, VENDOR / f"{target}.map")
    for package in LICENSES:
        for licence in (MODULES / package).glob("LICEN[CS]E*"):
            folder = VENDOR / "licenses"
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(licence, folder / f"{package.strip('@').replace('/', '-')}.txt")
