"""A page of this machine opened in headless Chromium with the network off: what it tried to load, what it complained of, what it shows.

Spoken to over the DevTools protocol. The browser is a process of its own that ends with the block; where Debian's package chromium is not
installed, whoever needs it says so.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

WHY_ABSENT = "Chromium is not here; install Debian's package chromium"
_SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0", "--window-size=1000,1400",
)  # fmt: skip
_PATIENCE_SECONDS = 30.0


def chromium() -> str | None:
    """The program; None where there is none."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@dataclass
class Page:
    """A tab; `failures` are requests that failed, errors of the console, and what scripts threw."""

    socket: ClientConnection
    failures: list[str] = field(default_factory=list)
    _number: int = 0

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command; events that come before it are kept."""
        self._number += 1
        self.socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=_PATIENCE_SECONDS))
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self._note(message)

    def opened(self, file: Path) -> None:
        """Opens the file without a network and waits until it is drawn."""
        for domain in ("Network", "Log", "Runtime", "Page"):
            self.ask(f"{domain}.enable")
        self.ask("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.ask("Page.setBypassCSP", enabled=True)
        self.ask("Page.navigate", url=file.resolve().as_uri())
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while self.value("document.readyState") != "complete":
            if time.monotonic() > ends_at:
                raise TimeoutError(f"{file} was not drawn within {_PATIENCE_SECONDS:.0f} s")
            time.sleep(0.05)

    def value(self, script: str) -> Any:
        """What the script says in the page, promises awaited."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["text"])
        return told["result"].get("value")

    def photographed(self, file: Path) -> None:
        """A picture of what the window shows."""
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        said = message.get("params", {})
        match message.get("method"):
            case "Network.loadingFailed":
                self.failures.append(f"request failed: {said['errorText']}")
            case "Runtime.exceptionThrown":
                self.failures.append(f"thrown: {said['exceptionDetails']['text']}")
            case "Runtime.consoleAPICalled" if said["type"] == "error":
                self.failures.append("console error")
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.failures.append(f"log: {said['entry']['text']}")


@contextmanager
def open_page() -> Iterator[Page]:
    """A fresh browser with one tab; raises FileNotFoundError where there is none."""
    program = chromium()
    if program is None:
        raise FileNotFoundError(WHY_ABSENT)
    # Its helpers may still write into the profile while that is removed: what they leave is no reason to fail.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [program, *_SWITCHES, f"--user-data-dir={folder}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            port = _port(Path(folder) / "DevToolsActivePort")
            with connect(_tab(port), max_size=None) as socket:
                yield Page(socket)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the browser, and the helpers that it started and that outlive it."""
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _port(file: Path) -> int:
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        if file.exists() and (lines := file.read_text(encoding="utf-8").splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise TimeoutError("Chromium did not say where it listens")


def _tab(port: int) -> str:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = json.loads(answer.read())
    return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
