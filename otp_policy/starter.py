"""A commented policy to start from, written as a folder of an agency's own."""

from __future__ import annotations

import os
import shutil

from otp_policy.errors import PolicyError

__all__ = ["write_starter"]

TEMPLATE = os.path.join(os.path.dirname(__file__), "data", "starter")


def write_starter(folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """
    Write the starting policy into a folder that is new or empty; return its files.

    Raises:
        PolicyError: If there is something already, or the folder cannot be written. Then nothing
            is left of it.
    """
    target = os.path.abspath(os.fspath(folder))
    partial = f"{target}.partial-{os.getpid()}"
    try:
        if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
            raise PolicyError(f"`{folder}` is there already, and nothing is overwritten")
        shutil.copytree(TEMPLATE, partial, copy_function=shutil.copyfile)
        # Whole or not at all: a rename takes the place of an empty folder and of nothing else.
        os.rename(partial, target)
    except (OSError, ValueError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyError(f"cannot write `{folder}`: {reason}") from error
    return tuple(
        os.path.join(folder, os.path.relpath(os.path.join(parent, name), target))
        for parent, _, names in sorted(os.walk(target))
        for name in sorted(names)
    )
