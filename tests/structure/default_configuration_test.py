"""The configuration that ships passes `duet validate`, and a wrong key in it does not.

default_configuration_test.py ROOT DUET
"""

import os
import subprocess
import sys
import tempfile


def validate(duet, path):
    run = subprocess.run([duet, "validate", "--config", path], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr


def main(root, duet):
    with open(os.path.join(root, "packaging/duet.yaml"), encoding="utf-8") as file:
        text = file.read()
    installed = "/usr/share/duet/documents"
    if text.count(installed) != 1:
        print(f"packaging/duet.yaml must name {installed} once, where the documents are installed")
        return 1
    text = text.replace(installed, os.path.abspath(os.path.join(root, "mappings/presets/default")))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "duet.yaml")
        for wanted, content in ((0, text), (78, text.replace("login_url:", "login_urll:", 1)),
                                (78, text.replace("poll_interval_seconds:", "poll_intervall_seconds:", 1))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            code, said = validate(duet, path)
            if code != wanted:
                print(f"duet validate ended with {code}, but {wanted} was expected:\n{said}")
                return 1
        if os.listdir(folder) != ["duet.yaml"]:
            print(f"duet validate left files behind: {os.listdir(folder)}")
            return 1
    print("the configuration that ships is good")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
