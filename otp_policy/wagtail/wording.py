"""How dates, deeds, people and clauses read on every screen, in the reader's language."""

import json
import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .conf import BUDDHIST_ERA_OFFSET, current_policy
from .models.choices import label_of


def _day_in_words(day: date) -> str:
    return _in_words(day, get_language() or "th")


@lru_cache(maxsize=1024)
def _in_words(day: date, language: str) -> str:
    """Write *day* in the active *language*; pages name the same days again and again."""
    year = day.year if language.startswith("en") else day.year + BUDDHIST_ERA_OFFSET
    return f"{day.day} {formats.date_format(day, 'F')} {year}"


def office_month(day: date) -> str:
    """Write a month: in Thai with the Buddhist year, in English with the common one."""
    is_english = (get_language() or "th").startswith("en")
    year = day.year if is_english else day.year + BUDDHIST_ERA_OFFSET
    return f"{formats.date_format(day, 'F')} {year}"


def office_date(value: date | datetime | None) -> str:
    """Write a day: in Thai with the Buddhist year, in English with the common one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day_in_words(value)


def machine_time(value: date | datetime | None) -> str:
    """Write a day or an instant for programs, to the second: HTML takes no finer one."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if value else ""


def office_datetime(value: datetime | None) -> str:
    """Write an instant in the office's time zone, as `office_date` writes its day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    suffix = "" if (get_language() or "th").startswith("en") else " น."
    return f"{_day_in_words(local.date())} {local:%H:%M}{suffix}"


def person_name(user: Any) -> str:
    """Return the name of *user* and of the account, or of the account alone."""
    if user is None:
        return ""
    full = user.get_full_name()
    return f"{full} ({user.get_username()})" if full else user.get_username()


def authority_words(role: str, unit: Any, capacity: str, order: str = "") -> str:
    """
    Say in which role somebody decided, and in which capacity.

    Thai administrative law has a word for each: who stands in for a holder (รักษาราชการแทน), and
    who exercises a delegated power by an order (ปฏิบัติราชการแทน).
    """
    sentences = {
        "acting": _("acting %(role)s"),
        "assigned": _("for the %(role)s"),
    }
    words = str(sentences.get(capacity, "%(role)s")) % {"role": label_of("roles", role)}
    if isinstance(unit, str):
        # A code that the policy has no words for is no help to a reader.
        unit = label_of("units", unit) if unit in current_policy().units else ""
    parts = [words, *([str(unit)] if unit else [])]
    if order:
        parts.append(gettext("order %(number)s") % {"number": order})
    return " · ".join(parts)


DEEDS = {
    "answer_personal_data": _("said why personal data may be published"),
    "adopt": _("taken over by an order, as it stood"),
    "approve": _("approved"),
    "begin_adoption": _("began to take over the live site by an order"),
    "change_office": _("changed a register of the office"),
    "close_break_glass": _("closed break-glass"),
    "access_ends": _("found that the access to the channel is about to end"),
    "approve_withdrawal": _("approved the withdrawal"),
    "ask_to_withdraw": _("asked for the withdrawal"),
    "cancel_delivery": _("cancelled what was to be sent"),
    "choose_no_notice": _("chose no notice on this channel"),
    "choose_notice": _("chose a notice on this channel, at its cost"),
    "confirm_slot": _("confirmed the time"),
    "counter_slot": _("proposed another time"),
    "delivered": _("delivered"),
    "delivered_by_hand": _("delivered by hand, with a picture"),
    "delivered_correction": _("corrected what was delivered"),
    "delivered_withdrawal": _("took back what was delivered"),
    "end_adoption": _("finished taking over the live site by an order"),
    "end_tombstone": _("deleted or moved what told of a withdrawal"),
    "endorse": _("endorsed"),
    "endorse_withdrawal": _("endorsed the withdrawal"),
    "enqueue": _("handed to the channel"),
    "fail_break_glass": _("broke off break-glass; nothing of it was done"),
    "hand_over": _("handed over the work of somebody who leaves"),
    "escalate": _("told further up, because it waited too long"),
    "hold_slot": _("held back"),
    "look_again": _("had the message looked for again"),
    "open_break_glass": _("opened break-glass"),
    "give_reason": _("gave the public reason of the takedown"),
    "hide_version": _("hid an earlier version"),
    "message_needs_person": _("left a message to the channel's unit"),
    "lift_urgency": _("marked as urgent no longer"),
    "mark_urgent": _("marked as important or urgent"),
    "pause_channel": _("paused the channel, which needs a person"),
    "propose_slot": _("proposed a time"),
    "publish": _("published"),
    "publish_in_emergency": _("published in an emergency, without its steps"),
    "publish_refused": _("could not be published"),
    "ratify": _("approved afterwards what went out in an emergency"),
    "recall": _("taken back before the decision"),
    "recall_withdrawal": _("took the request for withdrawal back"),
    "reject": _("asked for changes"),
    "reject_withdrawal": _("rejected the withdrawal"),
    "resume_channel": _("ended the pause of the channel"),
    "resume_delivery": _("let the message go again"),
    "say_it_is_absent": _("found that the message is not on the channel"),
    "say_it_is_there": _("found the message on the channel"),
    "supersede_delivery": _("replaced what was to be sent by a newer text"),
    "send_now": _("ordered to send now"),
    "submit": _("submitted for approval"),
    "switch_channel_off": _("switched the channel off"),
    "switch_channel_on": _("switched the channel on again"),
    "take_down": _("taken down"),
    "take_down_at_once": _("took it down at once"),
    "website_late": _("the website did not show the text in time"),
    "withdraw": _("withdrawn"),
}


def deed_of(action: str) -> str:
    """Return the words for an action of the ledger; an unknown one stands for itself."""
    return str(DEEDS.get(action, action))


def words_of_deed(entry: Any) -> str:
    """Say in words what a row of the ledger records."""
    body = json.loads(entry.body)
    words = [deed_of(entry.action)]
    if body.get("channel"):
        words.append(label_of("channels", body["channel"]))
    if said := body.get("comment") or body.get("note") or body.get("reason"):
        words.append(f"“{said}”")
    if entry.action == "change_office":
        words += _words_of_change(body)
    if body.get("second"):
        words.append(_("with %(person)s") % {"person": body["second"]})
    if body.get("on_paper"):
        words.append(_on_paper(body["on_paper"]))
    return " · ".join(words)


def _words_of_change(body: dict[str, Any]) -> list[str]:
    """Say what a register had before, and what it has now, column by column."""
    old, new = body.get("old") or {}, body.get("new") or {}
    names = sorted(name for name in {**old, **new} if old.get(name) != new.get(name))
    changes = (f"{name}: {_plain(old.get(name))} → {_plain(new.get(name))}" for name in names)
    return [body["object"], *changes]


def _plain(value: Any) -> str:
    return "–" if value is None else str(value)


def _on_paper(paper: dict[str, Any]) -> str:
    return gettext("on paper, signed on %(day)s, recorded by %(name)s") % {
        "day": office_date(date.fromisoformat(paper["signed_on"])),
        "name": paper["recorded_by"]["username"],
    }


def words_of_actor(entry: Any) -> str:
    """Say who stands in a row of the ledger, and in which role."""
    body = json.loads(entry.body)
    words = [body["actor"]["username"]] if body.get("actor") else []
    if body.get("role"):
        held = (body["role"], body.get("unit") or "", body.get("capacity") or "")
        words.append(authority_words(*held, body.get("order") or ""))
    return " · ".join(words)


# A policy names its clauses in words of its own. These are the usual ones, in the language of
# the reader; any other word, and every number, stands as the policy writes it.
CLAUSE_WORDS = {
    "announcement": _("announcement"),
    "annex": _("annex"),
    "from now on": _("from now on"),
    "remark": _("remark"),
    "step": _("step"),
}
_CLAUSE_WORD = re.compile(r"\b(" + "|".join(CLAUSE_WORDS) + r")\b")


def clause_name(clause: str) -> str:
    """Return the name of a clause in the reader's language."""
    return _CLAUSE_WORD.sub(lambda found: str(CLAUSE_WORDS[found[0]]), clause)
