"""What `cmake --install` leaves is complete: install_test.py BUILD CMAKE"""

import os
import subprocess
import sys
import tempfile

FILES = (
    "bin/duet",
    "bin/duetd",
    "lib/systemd/system/duetd.service",
    "lib/sysusers.d/duet.conf",
    "share/duet/duet.yaml",
    "share/duet/document.schema.json",
    "share/duet/documents/people.yaml",
    "share/duet/presets/work.yaml",
    "share/duet/presets/practices/lists.yaml",
    "share/duet/presets/quality/people.yaml",
    "share/duet/presets/sales/tasks.yaml",
    "share/duet/demo/seed/salesforce/Account.csv",
    "share/duet/demo/seed/pardot/prospects.csv",
    "share/duet/demo/documents/sales/routing.yaml",
    "share/duet/salesforce/sfdx-project.json",
    "share/doc/duet/LICENSE",
)


def main(build, cmake):
    with tempfile.TemporaryDirectory() as prefix:
        run = subprocess.run([cmake, "--install", build, "--prefix", prefix], capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stdout + run.stderr)
            return 1
        findings = [f"{path}: was not installed" for path in FILES if not os.path.isfile(os.path.join(prefix, path))]
        for path in ("lib/systemd/system/duetd.service", "share/duet/duet.yaml"):
            with open(os.path.join(prefix, path), encoding="utf-8") as file:
                text = file.read()
            if "/usr/bin/" in text or "/usr/share/duet" in text or prefix not in text:
                findings.append(f"{path}: does not name the prefix that it was installed to")
        valid = subprocess.run([os.path.join(prefix, "bin/duet"), "validate", "--config",
                                os.path.join(prefix, "share/duet/duet.yaml")], capture_output=True, text=True)
        if valid.returncode != 0:
            findings.append("the installed configuration is not valid:\n" + valid.stdout + valid.stderr)
    print("\n".join(findings) if findings else "the installation is complete")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
