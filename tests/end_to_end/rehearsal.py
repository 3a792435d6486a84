"""Starts the real sandbox and the real daemon as processes, for tests and benchmarks.

Standard library only. Every process that is started here is stopped here, by its own handle.
"""

import json
import os
import pathlib
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

CLIENT_ID = "duet-rehearsal"
BUSINESS_UNIT_ID = "0UvSB0000000001AAA"
SEED_END = "2018-01-02T09:00:00Z"  # every stamp of the demo's seed is earlier
START_LIMIT_SECONDS = 120

CONFIGURATION = """\
state_directory: {folder}/state
runtime_directory: {folder}/run
fixed_clock: {clock}
orgs:
  demo:
    documents: {documents}
    mode: {mode}
    poll_interval_seconds: 86400
    # Every prospect of a first load is a create: the brake is for people, not for rehearsals.
    brake:
      create: {{count: 10000000, percent: 100}}
    crm:
      connector: salesforce
      login_url: {url}
      bulk_poll_seconds: 0
      auth: {{flow: client_credentials, client_id: {client}, client_secret_file: client-secret}}
    marketing:
      connector: pardot
      base_url: {url}
      login_url: {url}
      business_unit_id: {unit}
      read_lag_seconds: 0
      auth: {{flow: client_credentials, client_id: {client}, client_secret_file: client-secret}}
"""


class Rehearsal:
    """A sandbox with a seed and, once started, a daemon against it; a context manager.

    `programs` holds `duet` and `duetd`; `folder` is emptied by the caller and keeps the logs.
    """

    def __init__(self, programs, folder, seed, documents, clock=SEED_END, more_arguments=()):
        self.programs = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.seed = pathlib.Path(seed).resolve()
        self.documents = pathlib.Path(documents).resolve()
        self.clock = clock
        self.more_arguments = list(more_arguments)
        self.client_id = CLIENT_ID
        self.client_secret = secrets.token_hex(16)
        self.config = self.folder / "duet.yaml"
        self.url = ""
        self.sandbox = None
        self.daemon = None
        self._token = ""

    def __enter__(self):
        try:
            self._start_sandbox()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _spawn(self, program, arguments):
        with open(self.folder / f"{program}.log", "ab") as log:
            return subprocess.Popen([self.programs / program, *map(str, arguments)], stdout=log,
                                    stderr=log, stdin=subprocess.DEVNULL)

    def _start_sandbox(self):
        (self.folder / "run").mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "client-secret", os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.client_secret)
        url_file = self.folder / "sandbox-url"
        self.sandbox = self._spawn("duet", [
            "sandbox", "--seed", self.seed, "--file", self.folder / "sandbox.db",
            "--clock", self.clock, "--clock-stands", "--client-id", self.client_id,
            "--client-secret", self.client_secret, "--url-file", url_file, *self.more_arguments])
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not url_file.exists():
            self._check(self.sandbox, "duet", deadline)
            time.sleep(0.02)
        self.url = url_file.read_text().strip()

    def configure(self, mode):
        """Writes the configuration; a running daemon is told to reload it."""
        self.config.write_text(CONFIGURATION.format(
            folder=self.folder, clock=self.clock, documents=self.documents, url=self.url,
            client=self.client_id, unit=BUSINESS_UNIT_ID, mode=mode))
        if self.daemon is not None:
            self.duet("reload")

    def start_daemon(self, mode="apply"):
        """Starts `duetd` and returns once it answers; its first cycle may still run."""
        self.configure(mode)
        self.daemon = self._spawn("duetd", ["--config", self.config])
        deadline = time.monotonic() + START_LIMIT_SECONDS
        # Asked before the socket is there, `duet` takes the lock file that the daemon wants.
        while not self._listens():
            self._check(self.daemon, "duetd", deadline)
            time.sleep(0.05)

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.folder / "run/duet.sock")) == 0

    def wait_for_first_cycle(self, limit_seconds):
        """The figures of the first cycle, once it has ended without an error."""
        deadline = time.monotonic() + limit_seconds
        while True:
            self._check(self.daemon, "duetd", deadline)
            orgs = self.duet("status").get("orgs") or [{}]
            cycle = orgs[0].get("last_cycle") or {}
            if cycle.get("ended"):
                if cycle.get("error"):
                    raise RuntimeError(f"the first cycle failed: {cycle['error']}")
                return cycle
            time.sleep(0.1)

    def duet(self, *words):
        """What one `duet` command says, as JSON; a refusal is an exception."""
        done = self._duet(*words)
        if done.returncode != 0:
            raise RuntimeError(f"duet {' '.join(words)} ended with {done.returncode}: "
                               f"{done.stdout} {done.stderr}")
        return json.loads(done.stdout)

    def _duet(self, *words):
        return subprocess.run([self.programs / "duet", *words, "--config", self.config, "--json"],
                              capture_output=True, text=True, timeout=3600, check=False)

    def _check(self, process, program, deadline):
        if process.poll() is not None:
            raise RuntimeError(f"{program} ended with {process.returncode}: {self.log(program)}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{program} took too long: {self.log(program)}")

    def log(self, program):
        path = self.folder / f"{program}.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def call(self, method, path, body=None):
        """One call of the sandbox: either vendor's API, or its control API."""
        if not self._token and not path.startswith("/sandbox/"):
            form = urllib.parse.urlencode({
                "grant_type": "client_credentials", "client_id": self.client_id,
                "client_secret": self.client_secret}).encode()
            with urllib.request.urlopen(self.url + "/services/oauth2/token", form) as answer:
                self._token = json.load(answer)["access_token"]
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self._token, "Content-Type": "application/json",
                     "Pardot-Business-Unit-Id": BUSINESS_UNIT_ID})
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as problem:
            raise RuntimeError(f"{method} {path}: {problem.code} {problem.read()[:500]}") from None
        return json.loads(text) if text else None

    def stop(self):
        """Asks both to stop, the daemon first; returns the daemon's exit code, if it ran."""
        code = None
        for process in (self.daemon, self.sandbox):
            if process is None:
                continue
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process is self.daemon:
                code = process.returncode
        self.daemon = self.sandbox = None
        return code
