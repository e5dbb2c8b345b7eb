"""
What is kept about whoever asked, in one file that they may have (Personal Data Protection Act,
sections 30 to 36, as summaries of it have them).

It is the requester's: what they wrote, what was written to them, their files and those they were
given, what happened, who in which role looked at it, and until when it is kept. What the division
worked on stands in no such file, nor anybody else's name.
"""

import html
import io
import json
import zipfile
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from otp_policy.wagtail.conf import office_day, office_name
from otp_policy.wagtail.laws import legal_sentence
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.wording import deed_of, office_date

from .access import need_handler
from .models import CaseEvent, InformationRequest, Sealed
from .retention import months_kept
from .sealing import Identity, SealedFile, identity_of, open_file, open_text

__all__ = ["export_for_handler", "export_for_requester"]

_DATA_LAW = "personal_data_protection_act"
_Kind = CaseEvent.Kind
_FILES = (Sealed.What.UPLOAD, Sealed.What.ANSWER)
# Notes of these events were written to the requester, or by them.
_THEIRS = (
    _Kind.CLARIFICATION_ASKED,
    _Kind.CLARIFIED,
    _Kind.EXTENDED,
    _Kind.FORWARDED,
    _Kind.DECIDED,
)
# What the ledger calls a look at a person, or at a file.
_LOOKS = ("request_identity_read", "request_file_read", "request_data_given")
_STYLE = (
    "body{font-family:Sarabun,'Noto Sans Thai',sans-serif;line-height:1.7;max-width:45rem;"
    "margin:2rem auto;padding:0 1rem}dt{font-weight:600}dd{margin:0 0 .5rem;white-space:pre-wrap}"
)


def export_for_requester(case: InformationRequest) -> SealedFile:
    """Return what is kept about whoever asked, for the one who has number and secret."""
    return _export(case, user=None)


def export_for_handler(user: Any, case: InformationRequest) -> SealedFile:
    """
    Return the same for an official who hands it over, having seen who asks for it.

    Raises:
        PolicyRefusal: If *user* handles no cases.
    """
    post = need_handler(user, case)
    return _export(case, user=user, role=post.role, unit=post.unit, order=post.order)


def _export(case: InformationRequest, *, user: Any, **post: str) -> SealedFile:
    record("request_data_given", user=user, request=case.reference, **post)
    with translation.override(case.language):
        files = _files(case)
        kept = _kept(case, files)
        members = {
            "data.json": json.dumps(kept, ensure_ascii=False, indent=2).encode(),
            "index.html": _page(case, kept).encode(),
            **{name: file.content for name, file in files.items()},
        }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    name = f"request-{case.number}-{case.year}.zip"
    return SealedFile(name, "application/zip", out.getvalue())


def _files(case: InformationRequest) -> dict[str, SealedFile]:
    """Return their files by the names that they have in the archive."""
    found = {}
    rows = case.sealed.filter(what__in=_FILES)
    for number, row in enumerate(rows, 1):
        # An answer is theirs once it was given.
        if row.what == Sealed.What.ANSWER and case.is_open:
            continue
        file = open_file(row)
        found[f"files/{number}-{_safe(file.name)}"] = file
    return found


def _safe(name: str) -> str:
    return "".join("_" if letter in '/\\:*?"<>|' or ord(letter) < 32 else letter for letter in name)


def _kept(case: InformationRequest, files: dict[str, SealedFile]) -> dict[str, Any]:
    sealed = {row.pk: row for row in case.sealed.filter(what=Sealed.What.NOTE)}
    questions = case.sealed.filter(what=Sealed.What.QUESTION)
    return {
        "office": office_name(),
        "as_of": office_day().isoformat(),
        "reference": case.reference,
        "received_on": case.received_on.isoformat(),
        "came_by": str(case.get_via_display()),
        "wanted": str(case.get_wants_display()),
        "outcome": str(case.get_outcome_display()) if case.outcome else "",
        "who_asks": _identity(identity_of(case)),
        "request": [open_text(row) for row in questions],
        "what_happened": [
            {
                "on": event.on.isoformat(),
                "what": str(event.get_kind_display()),
                "until": event.until.isoformat() if event.until else "",
                "words": open_text(sealed[event.sealed_id])
                if event.kind in _THEIRS and event.sealed_id in sealed
                else "",
            }
            for event in case.events.all()
        ],
        "files": [{"name": file.name, "in_this_archive": name} for name, file in files.items()],
        "e_mails_sent": [
            mail.sent_at.isoformat(timespec="seconds")
            for mail in case.mails.exclude(sent_at=None).order_by("sent_at")
        ],
        "why_kept": legal_sentence(_DATA_LAW, "collection_for_requests").text,
        "erased_on": case.erased_at.date().isoformat() if case.erased_at else "",
        "kept_until": case.erase_on.isoformat() if case.erase_on else "",
        "kept_for_months_after_its_end": months_kept(),
        "who_looked": _looks(case),
    }


def _identity(identity: Identity) -> dict[str, str]:
    return {
        "name": identity.name,
        "address": identity.address,
        "telephone": identity.phone,
        "e_mail": identity.e_mail,
    }


def _looks(case: InformationRequest) -> list[dict[str, str]]:
    """Return when somebody looked, and in which role; who it was is that official's own data."""
    named = f'"request":{json.dumps(case.reference)}'
    rows = LedgerEntry.objects.filter(action__in=_LOOKS, body__contains=named).order_by("seq")
    found = []
    for row in rows:
        body = json.loads(row.body)
        role = body.get("role") or ""
        found.append(
            {
                "at": row.at.isoformat(timespec="seconds"),
                "what": deed_of(row.action),
                "role": label_of("roles", role) if role else "",
            }
        )
    return found


def _page(case: InformationRequest, kept: dict[str, Any]) -> str:
    """Return the same for a person to read; it loads nothing and runs nothing."""
    title = _("What is kept about request %(number)s") % {"number": case.reference}
    who = kept["who_asks"]
    rows = [
        (_("Name"), who["name"]),
        (_("Address"), who["address"]),
        (_("Telephone"), who["telephone"]),
        (_("E-mail"), who["e_mail"]),
        (_("The request"), "\n\n".join(kept["request"])),
        (_("What happened"), "\n".join(_line(event) for event in kept["what_happened"])),
        (_("Files"), "\n".join(row["in_this_archive"] for row in kept["files"])),
        (_("Why it is kept"), kept["why_kept"]),
        (_("Personal data is erased on"), _day(kept["kept_until"])),
        (
            _("Who looked at it"),
            "\n".join(f"{row['at']} {row['role']}" for row in kept["who_looked"]),
        ),
    ]
    told = "".join(
        f"<dt>{html.escape(str(name))}</dt><dd>{html.escape(value or '—')}</dd>"
        for name, value in rows
    )
    return (
        f'<!doctype html><html lang="{case.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(kept['office'])}, {_day(kept['as_of'])}</p>"
        f"<dl>{told}</dl></main></body></html>"
    )


def _line(event: dict[str, str]) -> str:
    words = f"\n{event['words']}" if event["words"] else ""
    return f"{_day(event['on'])} {event['what']}{words}"


def _day(text: str) -> str:
    return office_date(date.fromisoformat(text)) if text else ""
