"""quickstart and install-packages refuse what they should, and say how to go on.

quickstart_test.py ROOT

dpkg-query, node and apt-get are replaced by scripts in a folder of their own, so that nothing is
installed and the machine's own packages do not matter.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(sys.argv.pop(1))


def package_names(*groups):
    with open(os.path.join(ROOT, "packaging/build-depends.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return [row[0] for row in rows if row[1] in groups]


class Machine:
    """A folder in front of PATH whose programs pretend that `installed` is all there is."""

    def __init__(self, folder, installed, node="v18.20.4"):
        self.folder = folder
        # Copied, because the checkout may be closed to the user that stands for "not root".
        os.makedirs(os.path.join(folder, "packaging"), exist_ok=True)
        for name in ("quickstart", "install-packages", "build-depends.txt"):
            shutil.copy(os.path.join(ROOT, "packaging", name), os.path.join(folder, "packaging"))
        self.script("dpkg-query", "".join(f"echo 'installed {name}'\n" for name in installed))
        self.script("apt-get", f'echo "$@" >> {folder}/apt.log\n')
        self.script("node", f"echo {node}\n")
        self.script("npm", "")

    def script(self, name, body):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + body)
        os.chmod(path, 0o755)

    def run(self, *command, as_root=True):
        environment = {**os.environ, "PATH": self.folder + ":" + os.environ["PATH"]}
        become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if not as_root and os.geteuid() == 0 else []
        return subprocess.run(become + [os.path.join(self.folder, "packaging", command[0]), *command[1:]], env=environment,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)

    def apt_calls(self):
        try:
            with open(os.path.join(self.folder, "apt.log"), encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = folder.name

    def test_nothing_is_asked_of_apt_when_all_is_there(self):
        machine = Machine(self.folder, package_names("build", "test"))
        self.assertEqual(machine.run("install-packages", "build", "test").returncode, 0)
        self.assertEqual(machine.apt_calls(), [])

    def test_without_root_the_missing_packages_and_one_line_to_paste_are_named(self):
        machine = Machine(self.folder, [name for name in package_names("build") if name not in ("cmake", "mold")])
        done = machine.run("install-packages", "build", as_root=False)
        self.assertEqual(done.returncode, 77)
        self.assertIn("sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake mold\n", done.stderr)
        self.assertEqual(machine.apt_calls(), [])

    @unittest.skipUnless(os.geteuid() == 0, "only root installs")
    def test_root_updates_once_and_installs_only_what_is_missing(self):
        machine = Machine(self.folder, [name for name in package_names("build") if name != "cmake"])
        done = machine.run("install-packages", "build")
        self.assertEqual([call.split("=3 ")[1] for call in machine.apt_calls()],
                         ["update", "install -y --no-install-recommends cmake"])
        self.assertEqual(done.returncode, 1)  # the pretended apt-get installs nothing
        self.assertIn("Still missing", done.stderr)

    def test_a_node_of_another_origin_will_do_unless_it_is_too_old(self):
        there = [name for name in package_names("build", "test") if name not in ("nodejs", "npm")]
        self.assertEqual(Machine(self.folder, there).run("install-packages", "build", "test", as_root=False).returncode, 0)
        old = Machine(self.folder, there, node="v16.20.0").run("install-packages", "build", "test", as_root=False)
        self.assertEqual(old.returncode, 77)
        self.assertIn("nodejs npm", old.stderr)

    def test_an_unknown_group_or_goal_is_wrong_usage(self):
        machine = Machine(self.folder, package_names("build"))
        for command in (("install-packages",), ("install-packages", "nonsense"), ("quickstart",), ("quickstart", "nonsense")):
            with self.subTest(command=command):
                done = machine.run(*command)
                self.assertEqual(done.returncode, 64)
                self.assertNotEqual(done.stderr, "")
        self.assertIn("quickstart demo", machine.run("quickstart", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
