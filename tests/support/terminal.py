"""`llf` in a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import termios

from support.home import LLF
from support.patience import PATIENCE_S

_ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]|\r")


class Terminal:
    """What somebody types and sees. Closes at the end of a `with`."""

    def __init__(self, env: dict[str, str], *words: str) -> None:
        ours, theirs = pty.openpty()
        self.fd = ours
        self.process = subprocess.Popen([LLF, *words], env=env, stdin=theirs, stdout=theirs,
                                        stderr=theirs, start_new_session=True,
                                        preexec_fn=_take_terminal)
        os.close(theirs)
        self.raw = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.fd)

    @property
    def text(self) -> str:
        return _ESCAPE.sub(b"", self.raw).decode(errors="replace")

    def _read(self) -> bool:
        if not select.select([self.fd], [], [], PATIENCE_S)[0]:
            raise AssertionError(f"silence; so far:\n{self.text}")
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += part
        return bool(part)

    def await_text(self, words: str, since: int = 0) -> int:
        """Reads until `words` appear behind `since`; the place behind them."""
        while words not in self.text[since:]:
            if not self._read():
                raise AssertionError(f"it ended before {words!r}:\n{self.text}")
        return self.text.index(words, since) + len(words)

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def exit_code(self) -> int:
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
