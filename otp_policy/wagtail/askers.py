"""What apps beside the plugin ask people for, so that it is told, reminded of and settled alike."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .models.notices import Subject

__all__ = ["Asker", "add", "all_askers", "asker_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """
    One sort of question to people.

    `waiting` yields the `WaitingStep`s at an instant, `answerers` returns who may answer the
    question of a key about a page, and `over` those of the unread notices that ask nothing more.
    """

    subject: Subject
    waiting: Callable[[datetime], Iterator[Any]]
    answerers: Callable[[int, Any], list[Any]]
    over: Callable[[Any], Iterable[Any]]


_askers: dict[Subject, Asker] = {}


def add(asker: Asker) -> None:
    """Remind and settle what *asker* asks from now on."""
    _askers[asker.subject] = asker


def all_askers() -> tuple[Asker, ...]:
    """Return all that were added."""
    return tuple(_askers.values())


def asker_of(subject: str) -> Asker | None:
    """Return who asks about *subject*, or None if the plugin itself does."""
    return _askers.get(Subject(subject))
