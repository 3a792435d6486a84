"""The npm packages that a test's scripts need."""

import hashlib
import shutil
import subprocess

INSTALL_LIMIT_SECONDS = 300


def install(scripts, work):
    """Copies the scripts of one folder into another, and installs there what their
    package-lock.json names, unless the same packages are there from the run before. Raises when npm
    fails or takes too long."""
    work.mkdir(parents=True, exist_ok=True)
    for path in scripts.iterdir():
        if path.suffix in (".mjs", ".json") or path.name == ".npmrc":
            shutil.copy(path, work / path.name)
    wanted = hashlib.sha256((work / "package-lock.json").read_bytes()).hexdigest()
    stamp = work / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    subprocess.run(["npm", "ci", "--cache", work / "npm-cache", "--no-progress"], cwd=work,
                   check=True, timeout=INSTALL_LIMIT_SECONDS, stdin=subprocess.DEVNULL)
    stamp.write_text(wanted)
