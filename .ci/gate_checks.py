"""
The checks of the gate, read from its code, how to take each out of a running process, and how to
watch them.

A new check is on the list by being written: every statement that refuses or gives a reason, every
operand of the condition before one, every question that finds what is in the way and the terms of
its answer, every receiver and every action that asks the gate, every trigger and every term of its
condition.
"""

import functools
import importlib
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from gate_variants import Note, checked_functions, install_notes, variants

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
PACKAGE = "otp_policy.wagtail"
BESIDE_THE_GATE = (
    "adapters", "adoption", "break_glass", "corrections", "deciding", "decisions", "digest",
    "document_forms", "emergency", "file_uses", "file_views", "forms", "leaving_forms",
    "lifecycle_forms", "orders", "paper", "paper_forms", "paper_reuse", "public_pages",
    "publishing", "scans", "schedule", "screening", "urgency", "versions",
    "whole_saves", "withdrawal_refusals", "withdrawals", "models.evidence", "models.items",
    "models.kept_entries", "models.office", "models.paper", "syndication.by_hand",
    "syndication.claims", "syndication.delivery_forms", "syndication.gates", "syndication.handling",
    "syndication.keepers", "syndication.permission", "syndication.switching",
    "syndication.website_check", "views.access", "views.leaving", "views.ledger", "views.lifecycle",
    "views.paper", "views.schedule", "management.commands.flush", "management.commands.otp_adopt",
    "management.commands.otp_break_glass", "syndication.views.channels",
    "syndication.views.deliveries",
)  # fmt: skip
_JUDGED_OTHERWISE = "without it such an origin ends in a TypeError: the deletion fails all the same"
_SLOT_MISSING = "the policy has answered `slot_missing` before: only a type checker needs it"
_NOTHING_HOLDS = "a stretch that ends before it begins holds on no day either"
_NO_PAGE = "`is_governed` says no to nothing as well: only a type checker needs it"
_PROTECTED = "a workflow that carries out a category is protected by the category's row"
# What no test can miss, by a pattern of its name, with the reason.
EQUIVALENT = {
    "gate.collections._guarded:0 *": "it has made its guard already when the mutant comes; the one "
    "of `Collection.move` takes that guard out",
    "gate.parts._goes_with_its_page:0 *": _JUDGED_OTHERWISE,
    "gate.revisions._goes_with_its_page:0 *": _JUDGED_OTHERWISE,
    "schedule.confirm:1 *": _SLOT_MISSING,
    "schedule._owned:1 *": _SLOT_MISSING,
    "orders._stretches:2 *": _NOTHING_HOLDS,
    "orders._overlap:*": _NOTHING_HOLDS,
    "adapters.ask:1 *": "of an item that is not stored yet only `prepare` is asked, which is "
    "for any text",
    "adapters.item_for:0 *": "where no unit is set, reading it finds none either",
    "adapters.item_for:1 *": "what is live has a publication: only a type checker needs it",
    "adapters.item_for:2 *": "the policy compares the live text of what is live alone",
    "deciding._decide:1 *": "what waits for a decision has its state: only a type checker needs it",
    "file_uses.may_see:1 *": "Django's own backends grant nothing to a closed account",
    "models.items.GovernedPageForm._require_unit:0 *": "the form asks for the unit by itself, of a "
    "draft too: the field has its error already",
    "public_pages.serve_tombstone:0 *": "who approved is printed of what is approved alone, and "
    "nothing else has a decision that approves",
    "publishing.governed_page:0 *": _NO_PAGE,
    "publishing.publish_slot:5 *": _NO_PAGE,
    "syndication.by_hand.record_by_hand:0 *": "a picture that is none has been refused before: "
    "only a type checker needs it",
    "syndication.permission._is_wanted:0 *": "a page that is gone has no open publication either",
    "withdrawals.ask_to_withdraw:2 *": "the policy has answered `not_live` before: only a type "
    "checker needs it",
    "pre_delete no * without office.wagtailcore.Workflow.before": _PROTECTED,
    "post_delete no * without office.wagtailcore.Workflow.deleted": _PROTECTED,
}


@dataclass(frozen=True)
class Mutant:
    """One check, how to take it out of the running process, and how to watch it."""

    name: str
    near: tuple[str, ...]  # parts of the names of the test files that should notice first
    apply: Callable[[], None]
    # Begins to tell when the check makes a difference; None where a process cannot see that.
    watch: Callable[[Note], None] | None = None


def mutants() -> list[Mutant]:
    """Return a mutant for every check there is."""
    found = [*_in_code(), *_said_of_files(), *_receivers(), *_actions(), *_triggers()]
    names = [mutant.name for mutant in found]
    assert len(set(names)) == len(names), "two checks have one name"
    for pattern in EQUIVALENT:
        assert any(fnmatchcase(name, pattern) for name in names), f"nothing is {pattern} any more"
    return [one for one in found if not any(fnmatchcase(one.name, key) for key in EQUIVALENT)]


def watch(found: list[Mutant], note: Note) -> None:
    """Let *note* be called with the name of each check that makes a difference, when it does."""
    for dotted in _modules():
        module = importlib.import_module(dotted)
        install_notes(module, note)
        short = dotted.removeprefix(f"{PACKAGE}.")
        for checked in checked_functions(module):
            named = _named(checked, short)
            if named:
                checked.edited(*(variant.watch(name) for name, variant in named))()
    for mutant in found:
        if mutant.watch is not None:
            mutant.watch(note)


# Statements and questions.


def _modules() -> Iterator[str]:
    for path in sorted((ROOT / "otp_policy" / "wagtail" / "gate").glob("*.py")):
        if path.stem not in ("__init__", "wiring", "triggers", "evidence_triggers"):
            yield f"{PACKAGE}.gate.{path.stem}"
    yield from (f"{PACKAGE}.{name}" for name in BESIDE_THE_GATE)


def _in_code() -> Iterator[Mutant]:
    for dotted in _modules():
        module = importlib.import_module(dotted)
        short = dotted.removeprefix(f"{PACKAGE}.")
        for checked in checked_functions(module):
            for name, variant in _named(checked, short):
                yield Mutant(name, (short.rsplit(".", 1)[-1],), checked.edited(variant.take_out))


def _named(checked: Any, short: str) -> list[tuple[str, Any]]:
    inside = f"{checked.holder}.{checked.name}" if checked.holder else checked.name
    found = enumerate(variants(checked, short))
    return [(f"{short}.{inside}:{number} {one.what}", one) for number, one in found]


def _said_of_files() -> Iterator[Mutant]:
    """Yield a mutant for each thing said of a file that is digested beside its bytes."""
    from otp_policy.wagtail import digest

    for name in digest._SAID_OF_FILES:
        rest = tuple(other for other in digest._SAID_OF_FILES if other != name)
        yield Mutant(
            f"said of files without `{name}`",
            ("digest",),
            lambda rest=rest: setattr(digest, "_SAID_OF_FILES", rest),
        )


# Signals, actions, triggers.


def _receivers() -> Iterator[Mutant]:
    from django.db.models import signals
    from wagtail import signals as of_wagtail

    from otp_policy.wagtail import signals as ours

    watched = {
        name: getattr(signals, name)
        for name in ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed",
                     "pre_migrate", "post_migrate")
    }  # fmt: skip
    for name in ("pre_page_move", "page_unpublished", "workflow_submitted", "workflow_cancelled"):
        watched[name] = getattr(of_wagtail, name)
    for name in ("item_taken_down", "slot_withheld", "text_judged"):
        watched[name] = getattr(ours, name)
    for label, signal in watched.items():
        for number, entry in enumerate(signal.receivers):
            uid = entry[0][0]
            if isinstance(uid, str) and uid.startswith("otp_policy."):
                short = uid.removeprefix(f"{PACKAGE}.").removeprefix("otp_policy.")
                name = f"{label} no {number} without {short}"
                yield Mutant(
                    name,
                    tuple(short.split(".")),
                    _disconnect(signal, entry[0]),
                    _watch_receiver(signal, entry[0], name),
                )


def _disconnect(signal, key) -> Callable[[], None]:
    def apply() -> None:
        signal.receivers = [entry for entry in signal.receivers if entry[0] != key]
        signal.sender_receivers_cache.clear()

    return apply


def _watch_receiver(signal, key, name: str) -> Callable[[Note], None]:
    def watch(note: Note) -> None:
        for at, entry in enumerate(signal.receivers):
            if entry[0] == key:
                receiver = entry[1]() if isinstance(entry[1], weakref.ref) else entry[1]
                signal.receivers[at] = (key, _noting(receiver, name, note), *entry[2:])
        signal.sender_receivers_cache.clear()

    return watch


def _noting(function, name: str, note: Note):
    """Return the function, telling of it when it raises; when it only ran, in brackets."""

    @functools.wraps(function)
    def noting(*args, **kwargs):
        try:
            done = function(*args, **kwargs)
        except Exception:
            note(name)
            raise
        note(f"({name})")
        return done

    return noting


def _actions() -> Iterator[Mutant]:
    """Yield what the gate put in front of Wagtail's own methods."""
    import wagtail.models
    from wagtail import actions

    for path in sorted(Path(actions.__file__).parent.glob("*.py")):
        importlib.import_module(f"wagtail.actions.{path.stem}")
    holders = {
        value
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith(("wagtail.actions", "wagtail.models"))
        for value in vars(module).values()
        if isinstance(value, type)
    }
    assert wagtail.models
    for holder in sorted(holders, key=lambda found: found.__qualname__):
        for name, value in sorted(vars(holder).items()):
            if getattr(value, "_otp_policy_guard", False):
                full = f"{holder.__qualname__}.{name} does not ask the gate"
                yield Mutant(
                    full,
                    ("gate", "structure", "shown"),
                    lambda holder=holder, name=name, value=value: setattr(
                        holder, name, value.__wrapped__
                    ),
                    lambda note, holder=holder, name=name, value=value, full=full: setattr(
                        holder, name, _noting(value, full, note)
                    ),
                )


def _triggers() -> Iterator[Mutant]:
    from wagtail.models import Page

    from otp_policy.wagtail.gate import evidence_triggers, triggers

    for name in triggers.NAMES:
        yield Mutant(f"no trigger {name}", ("triggers",), _drop(name, Page._meta.db_table))
    for name, table, _event in evidence_triggers._triggers(evidence_triggers._kept):
        yield Mutant(f"no trigger {name}", ("evidence_triggers",), _drop(name, table))
    for term in triggers.terms():
        yield Mutant(f"triggers without `{term}`", ("triggers",), _without_term(term))


def _drop(name: str, table: str) -> Callable[[], None]:
    def apply() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER {name}{on}")

    return apply


def _without_term(term: str) -> Callable[[], None]:
    def apply() -> None:
        from otp_policy.wagtail.gate import triggers

        whole = triggers.statements

        def statements(connection):
            made = [text.replace(term, "1 = 0") for text in whole(connection)]
            assert made != whole(connection), f"no trigger has the term {term}"
            return made

        triggers.statements = statements
        triggers.install()

    return apply
