"""systemd itself reads the unit: service_unit_test.py ROOT

`systemd-analyze verify` must have nothing to say, the hardening score must stay at or below 1.1 (0 is
best), and the promises of the service are looked for by name. Needs systemd-analyze, but no systemd
that runs.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

MOST_EXPOSURE = 1.1

PROMISES = {
    "Type": ["notify"],
    "ExecStartPre": ["/usr/bin/duet validate --config /etc/duet/duet.yaml"],
    "ExecStart": ["/usr/bin/duetd --config /etc/duet/duet.yaml"],
    "ExecReload": ["/usr/bin/duet validate --config /etc/duet/duet.yaml",
                   "/usr/bin/duet reload --config /etc/duet/duet.yaml"],
    "User": ["duet"],
    "WatchdogSec": ["120"],
    "Restart": ["on-failure"],
    "RestartPreventExitStatus": ["78"],
    "StateDirectory": ["duet"],
    "RuntimeDirectory": ["duet"],
}


def settings_of(text):
    found = {}
    for line in text.splitlines():
        match = re.match(r"([A-Z]\w+)=(.*)$", line)
        if match:
            found.setdefault(match[1], []).append(match[2])
    return found


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "SYSTEMD_PAGER": "cat"})
    return done.returncode, done.stdout + done.stderr


def with_stand_ins(text, folder):
    """The unit with programs that exist here; verify looks only at whether they can be run."""
    for name in ("duet", "duetd"):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n")
        os.chmod(path, 0o755)
    return text.replace("/usr/bin/", folder + "/")


def main(root):
    if shutil.which("systemd-analyze") is None:
        print("systemd-analyze is not here: install the Debian package systemd")
        return 1
    with open(os.path.join(root, "packaging/systemd/duetd.service"), encoding="utf-8") as file:
        text = file.read()
    found = settings_of(text)
    findings = [f"{name} is {found.get(name)}, but must be {wanted}"
                for name, wanted in PROMISES.items() if found.get(name) != wanted]
    with tempfile.TemporaryDirectory() as folder:
        unit = os.path.join(folder, "duetd.service")
        with open(unit, "w", encoding="utf-8") as file:
            file.write(with_stand_ins(text, folder))
        code, said = run("systemd-analyze", "verify", "--man=no", unit)
        ours = [line for line in said.splitlines() if "duetd" in line]
        if code != 0 or ours:
            findings.append(f"systemd-analyze verify (exit {code}): " + (said.strip() or "no output"))
        code, said = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    score = re.search(r"Overall exposure level for duetd.service: ([\d.]+)", said)
    if not score:
        findings.append(f"systemd-analyze security (exit {code}) gave no score: {said.strip()}")
    elif float(score[1]) > MOST_EXPOSURE:
        findings.append(f"exposure is {score[1]}, but may be {MOST_EXPOSURE} at most:\n{said}")
    print("\n".join(findings) if findings else f"the unit is sound; exposure {score[1]}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
