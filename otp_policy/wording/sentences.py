"""A difference between two policies as a sentence: for whom what changes, in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from otp_policy.entries import Duty, Entry, Label
from otp_policy.wording.contrasts import Contrast, Scope
from otp_policy.wording.descriptions import Speaker, in_language
from otp_policy.wording.phrases import LANGUAGES, listed
from otp_policy.wording.thai import long_date

__all__ = ["MINOR", "sentence"]

MINOR = frozenset({"citation", "wording", "header"})
"""The kinds of differences that change nobody's rights or duties."""


def sentence(contrast: Contrast, say: Speaker, *, from_on: date, until_on: date | None) -> str:
    """Return the difference as a whole sentence that begins with its first day."""
    day = long_date(from_on, say.lang)
    when = say.say("diff.from", day=day)
    if until_on is not None:
        until = long_date(until_on, say.lang)
        when = say.say("diff.from_until", day=day, until=until)
    return TELLERS.get(contrast.kind, _entry)(contrast, say, when)


def _scope(scope: Scope | None, say: Speaker) -> str:
    """Return what an action is done to, in words."""
    assert scope is not None
    what = say.information(scope.categories)
    if scope.channels:
        what = say.say("object.channels", what=what, names=say.names("channel", scope.channels))
    if scope.urgent is not None:
        what = say.say("object.urgent" if scope.urgent else "object.usual", what=what)
    return what


def _authority(contrast: Contrast, say: Speaker, when: str) -> str:
    before, after = _tuple(contrast.before), _tuple(contrast.after)
    removed = tuple(role for role in before if role not in after)
    added = tuple(role for role in after if role not in before)
    scope = contrast.scope
    assert scope is not None
    rest = ""
    if removed and not added:
        rest = say.say("diff.nobody")
    if contrast.kept:
        rest = say.say("diff.still", kept=say.roles(contrast.kept))
    key = "replaced" if removed and added else "removed" if removed else "added"
    return say.say(
        f"diff.{key}",
        when=when,
        removed=say.roles(removed),
        added=say.roles(added),
        do=say.say(f"action.{scope.action}"),
        removed_do=say.say(f"{'action' if len(removed) > 1 else 'does'}.{scope.action}"),
        added_do=say.say("diff.do" if len(added) > 1 else "diff.does"),
        what=_scope(scope, say),
        rest=rest,
    )


def _tuple(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _units(contrast: Contrast, say: Speaker, when: str) -> str:
    scope = contrast.scope
    assert scope is not None
    return say.say(
        "diff.scope",
        when=when,
        role=say.roles(contrast.kept),
        do=say.say(f"action.{scope.action}"),
        what=_scope(scope, say),
        before=_unit_names(contrast.before, say),
        after=_unit_names(contrast.after, say),
    )


def _unit_names(units: object, say: Speaker) -> str:
    if units is None:
        return say.say("diff.every_unit")
    return say.names("unit", _tuple(units)) if units else say.say("diff.own_unit")


def _condition(contrast: Contrast, say: Speaker, when: str) -> str:
    added = contrast.after is not None
    entry = contrast.new if added else contrast.old
    code = str(contrast.after if added else contrast.before)
    assert contrast.scope is not None
    return say.say(
        "diff.condition_added" if added else "diff.condition_removed",
        when=when,
        do=say.say(f"action.{contrast.scope.action}"),
        what=_scope(contrast.scope, say),
        label=say.say("list.name", name=code if entry is None else say.label(entry.label)),
    )


def _citation(contrast: Contrast, say: Speaker, when: str) -> str:
    assert contrast.scope is not None
    return say.say(
        "diff.citation",
        when=when,
        do=say.say(f"action.{contrast.scope.action}"),
        what=_scope(contrast.scope, say),
        before=_cited(contrast.before, say),
        after=_cited(contrast.after, say),
    )


def _cited(value: object, say: Speaker) -> str:
    code, clause, interpretation = _tuple(value)
    key = "diff.cited_reading" if interpretation else "diff.cited"
    return say.say(key, code=code, clause=clause)


def _commencement(contrast: Contrast, say: Speaker, when: str) -> str:
    key = "diff.begins" if contrast.after else "diff.ends"
    return say.say(key, when=when, policy=contrast.after or contrast.before)


def _entry(contrast: Contrast, say: Speaker, when: str) -> str:
    """Return the sentence about an entry that is new, gone or sets something else."""
    earlier, later = contrast.old, contrast.new
    before, after = ("" if one is None else say.describe(one) for one in (earlier, later))
    change = "added" if earlier is None else "removed" if later is None else "changed"
    # An entry that changed always reads differently: `describe` tells all that it sets.
    plain = "" if (before or after) and contrast.kind != "wording" else "_plain"
    one = _one(contrast.table, later or earlier, say)
    return say.say(f"diff.entry_{change}{plain}", when=when, one=one, before=before, after=after)


def _one(table: str, entry: Entry | None, say: Speaker) -> str:
    """Return an entry as part of a sentence: what it is, and its name."""
    assert entry is not None
    name = say.say("list.name", name=say.label(entry.label))
    if isinstance(entry, Duty):
        kind, code = ("kind", entry.kind) if entry.kind else ("category", entry.category)
        name = say.name(kind, code)
    return say.say(f"one.{table}", name=name)


def _category(contrast: Contrast, say: Speaker, when: str) -> str:
    name = say.name("category", contrast.subject)
    key = "diff.category_removed" if contrast.new is None else "diff.category_added"
    return say.say(
        key,
        when=when,
        name=name,
        roles=say.roles(contrast.kept),
    )


def _wording(contrast: Contrast, say: Speaker, when: str) -> str:
    name = contrast.subject.rpartition("/")[2]
    if name == "entry":
        return _entry(contrast, say, when)
    before, after = _both(contrast, say)
    return say.say(
        "diff.wording",
        when=when,
        one=_one(contrast.table, contrast.new or contrast.old, say),
        field=say.say(f"field.{name}"),
        before=before,
        after=after,
    )


def _header(contrast: Contrast, say: Speaker, when: str) -> str:
    before, after = _both(contrast, say)
    field = say.say(f"field.{contrast.subject}")
    return say.say("diff.header", field=field, before=before, after=after)


def _both(contrast: Contrast, say: Speaker) -> tuple[str, str]:
    """Return both values in words; in the other language, if only there they differ."""
    other = next(lang for lang in LANGUAGES if lang != say.lang)
    for lang in (say.lang, other):
        before, after = (_word(one, say, lang) for one in (contrast.before, contrast.after))
        if before != after:
            break
    return before, after


def _word(value: Any, say: Speaker, lang: str) -> str:
    if isinstance(value, Label):
        return in_language(value, lang)
    if isinstance(value, date):
        return long_date(value, say.lang)
    if isinstance(value, tuple):
        return listed(value, say.lang) if value else say.say("describe.none")
    return str(value) if value else say.say("describe.none")


TELLERS: Mapping[str, Callable[[Contrast, Speaker, str], str]] = {
    "authority": _authority,
    "authority_units": _units,
    "condition": _condition,
    "citation": _citation,
    "commencement": _commencement,
    "category": _category,
    "wording": _wording,
    "header": _header,
}
"""The kind of a difference → what tells it; every other kind is about an entry."""
