"""
Reads documents in a process of its own, bounded in size, time and memory.

Files come from outside the office too. One that never ends, or grows without end, costs its
process, and is found by its title alone; the next one is read by a new process.
"""

import contextlib
import json
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

__all__ = ["Reader"]

SECONDS = 60.0
LARGEST_BYTES = 100 * 1024 * 1024
CPU_SECONDS = 20 * 60
MEMORY_BYTES = 1024 * 1024 * 1024
MOST_LETTERS = 5_000_000
_NO_LETTERS = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}


class Reader:
    """Reads one document after the other; its process starts with the first."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def read(self, handle: BinaryIO, *, name: str) -> tuple[str, str]:
        """
        Return the text that a reader of the file is shown, and what kept the rest from being read.

        Args:
            handle: The file, opened for reading bytes.
            name: Its name, whose ending tells what it is.
        """
        with tempfile.NamedTemporaryFile(prefix="otp-reading-") as copy:
            if not _copied(handle, copy):
                return "", "too large"
            answer = self._ask({"path": copy.name, "name": name})
        return answer["text"], answer["problem"]

    def _ask(self, question: dict[str, str]) -> dict[str, str]:
        process = self._started()
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
        line = self._line_of(process)
        if line.endswith(b"\n"):
            return json.loads(line)
        self._stop()
        return {"text": "", "problem": "takes too long, or too much memory"}

    def _line_of(self, process: Any) -> bytes:
        """Return the answer; without its end if it does not come in time."""
        end, parts = time.monotonic() + self._seconds, []
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while not (parts and parts[-1].endswith(b"\n")):
                if not waiting.select(max(0.0, end - time.monotonic())):
                    break
                part = process.stdout.read1(1 << 20)
                if not part:
                    break
                parts.append(part)
        return b"".join(parts)

    def _started(self) -> Any:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _copied(handle: BinaryIO, copy: Any) -> bool:
    left = LARGEST_BYTES
    while part := handle.read(1 << 20):
        left -= len(part)
        if left < 0:
            return False
        copy.write(part)
    copy.flush()
    return True


def _bound_this_process() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # A round reads a few documents: whoever started it may be gone, and never end this.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _answers(questions: Iterator[bytes]) -> Iterator[dict[str, str]]:
    from otp_policy.wagtail.file_texts import UnreadableFileError, shown_texts_of

    for question in questions:
        asked, problem = json.loads(question), ""
        try:
            with open(asked["path"], "rb") as handle:
                found = shown_texts_of(handle, name=asked["name"])
        except UnreadableFileError as error:
            found, problem = error.texts, str(error)
        except MemoryError:
            found, problem = [], "takes too much memory"
        text = "\n".join(text for _place, text in found).translate(_NO_LETTERS)
        yield {"text": text[:MOST_LETTERS], "problem": problem}


def main() -> None:
    """Answer each line of standard input with one on standard output."""
    from django.conf import settings

    settings.configure(USE_I18N=False)
    _bound_this_process()
    for answer in _answers(iter(sys.stdin.buffer.readline, b"")):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
