"""
The same facts for readers: a page without scripts, and a PDF, each in Thai and in English.

Both are made from what stands in `evidence.json` alone, so that nothing is told that is not there.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from otp_policy.wagtail.conf import office_name
from otp_policy.wagtail.models import Approval, PaperDecision, Slot
from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.typeset import can_typeset, typeset
from otp_policy.wagtail.wording import authority_words, deed_of, office_date, office_datetime

from .words import NOT_CHECKED, answer_label

__all__ = ["Section", "html_of", "pdf_of", "sections_of"]

LANGUAGES = ("th", "en")
_LAYOUT = Path(__file__).with_name("pack.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with a table; without `columns` each line is a name and a value."""

    heading: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def html_of(evidence: dict[str, Any], *, facts_sha256: str) -> bytes:
    """Return the facts as one page, Thai first, with nothing in it that is loaded or run."""
    parts = [_part(evidence, language, facts_sha256) for language in LANGUAGES]
    return render_to_string("otp_policy/evidence_packs/pack.html", {"parts": parts}).encode()


def pdf_of(evidence: dict[str, Any], *, facts_sha256: str) -> bytes | None:
    """Return the facts as a PDF file, the same bytes for the same facts; None without a face."""
    if not can_typeset():
        return None
    parts = [_part(evidence, language, facts_sha256) for language in LANGUAGES]
    return typeset(_LAYOUT, "pack", {"parts": parts, "title": parts[0]["title"]})


def _part(evidence: dict[str, Any], language: str, facts_sha256: str) -> dict[str, Any]:
    with translation.override(language):
        items = [
            {"title": _local(item, "title"), "sections": _plain(sections_of(item))}
            for item in evidence["items"]
        ]
        return {
            "language": language,
            "title": _("Evidence of publication"),
            "office": office_name(),
            "about": _plain([_about(evidence, facts_sha256)])[0],
            "notes": _notes(evidence),
            "items": items,
        }


def _plain(sections: list[Section]) -> list[dict[str, Any]]:
    return [
        {
            "heading": one.heading,
            "columns": list(one.columns),
            "lines": [list(line) for line in one.lines],
        }
        for one in sections
    ]


def _about(evidence: dict[str, Any], facts_sha256: str) -> Section:
    ledger, subject = evidence["ledger"], evidence["subject"]
    lines = [(_("Made at"), _time(evidence["made_at"]))]
    if subject["kind"] == "assessment_item":
        lines += [
            (_("Item of the assessment"), f"{subject['code']} {_local(subject, 'heading')}"),
            (_("Fiscal year"), str(subject["fiscal_year"])),
            (_("Answer"), answer_label(subject["answer"])),
            (_("Explanation"), subject["explanation"]),
            (_("Checked against the form of the year"), _checked(subject)),
        ]
    lines += [
        (_("Last entry of the ledger"), f"{ledger['seq']} · {ledger['head']}"),
        (_("SHA-256 of evidence.json"), facts_sha256),
    ]
    return _table(_("About this evidence"), lines)


def _checked(subject: dict[str, Any]) -> str:
    if not subject["is_checked"]:
        return str(NOT_CHECKED)
    return f"{_time(subject['checked_at'])} · {subject['source']}"


def _notes(evidence: dict[str, Any]) -> list[str]:
    notes = [
        _("Check the whole pack with “otp-policy verify”, or with the file that it prints: any "
          "changed byte is found."),
        _("Whoever can make a pack can make another one. Compare the SHA-256 above, or that of the "
          "file, with the one in the office's ledger, or the entries with an exported ledger."),
    ]  # fmt: skip
    if left_out := evidence["subject"].get("left_out"):
        notes.append(
            _("Further items that answer it and are not in here: %(number)d") % {"number": left_out}
        )
    return notes


def sections_of(item: dict[str, Any]) -> list[Section]:
    """Return what is told of one item of `evidence.json`, in the reader's language."""
    return [
        _request(item),
        _slots(item),
        _approvals(item),
        *_papers(item),
        _versions(item),
        *_difference(item),
        _deliveries(item),
        _served(item),
        _decisions(item),
    ]


def _table(heading: str, lines: Any, *columns: str) -> Section:
    told = tuple(tuple(str(cell) for cell in line) for line in lines)
    return Section(heading=heading, columns=columns, lines=told)


def _request(item: dict[str, Any]) -> Section:
    asked = item["request"]
    lines = [
        (_("Title"), _local(item, "title")),
        (_("Category"), label_of("categories", item["category"])),
        (_("Owner"), _local(item, "unit")),
        (_("Prepared by"), ", ".join(_name(one) for one in asked["prepared_by"])),
        *(
            (_("Submitted for approval"), f"{_name(one['by'])} · {_time(one['at'])}")
            for one in asked["submitted"]
        ),
        (_("Where"), _channels(item)),
        (_("Address"), item["url"]),
    ]  # fmt: skip
    return _table(_("Request for publication"), lines)


def _channels(item: dict[str, Any]) -> str:
    codes = dict.fromkeys(row["channel"] for row in item["slots"])
    return ", ".join(label_of("channels", code) for code in codes)


def _slots(item: dict[str, Any]) -> Section:
    lines = [
        (
            label_of("channels", one["channel"]),
            _time(one["at"]),
            Slot.State(one["state"]).label,
            _name(one["proposed_by"]),
            _name(one["confirmed_by"]),
        )
        for one in item["slots"]
    ]
    columns = (_("Channel"), _("Time"), _("State"), _("Proposed by"), _("Confirmed by"))
    return _table(_("Agreed times"), lines, *columns)


def _approvals(item: dict[str, Any]) -> Section:
    lines = [
        (
            Approval.Kind(one["kind"]).label,
            _name(one["by"]),
            authority_words(one["role"], one["unit"], one["capacity"], one["order"]),
            _time(one["at"]),
            _short(one["digest"]),
            one["comment"],
        )
        for one in item["approvals"]
    ]
    columns = (_("Decision"), _("By"), _("In which capacity"), _("Time"), _("Text"), _("Comment"))
    return _table(_("Who approved"), lines, *columns)


def _papers(item: dict[str, Any]) -> list[Section]:
    lines = [
        (
            f"{Approval.Kind(one['action']).label}: {PaperDecision.Outcome(one['outcome']).label}",
            _name(one["signed_by"]),
            authority_words(one["role"], one["unit"], one["capacity"], one["order"]),
            office_date(datetime.fromisoformat(one["signed_on"]).date()),
            one["scan_sha256"],
        )
        for one in item["papers"]
    ]
    columns = (_("Decision"), _("Signed by"), _("In which capacity"), _("Signed on"))
    return [_table(_("Decisions on paper"), lines, *columns, _("SHA-256 of the scan"))] * bool(
        lines
    )


def _versions(item: dict[str, Any]) -> Section:
    lines = [
        (
            one["number"],
            one["digest"],
            _time(one["published_at"]),
            _name(one["published_by"]),
            _time(one["ended_at"]),
        )
        for one in item["versions"]
    ]
    columns = (_("No."), _("Text"), _("Published at"), _("Published by"), _("Until"))
    return _table(_("What was public, and when"), lines, *columns)


def _difference(item: dict[str, Any]) -> list[Section]:
    if not item["difference"]:
        return []
    lines = [(one["field"], one["before"], one["after"]) for one in item["difference"]]
    columns = (_("Field"), _("Before"), _("After"))
    return [_table(_("What the last correction changed, as it was approved"), lines, *columns)]


def _deliveries(item: dict[str, Any]) -> Section:
    from otp_policy.channels.base import NoticeKind

    operations = {
        NoticeKind.PUBLISH: _("publication"),
        NoticeKind.CORRECT: _("correction"),
        NoticeKind.WITHDRAW: _("withdrawal"),
    }
    lines = [
        (
            label_of("channels", one["channel"]),
            operations[NoticeKind(one["operation"])],
            one["state_words"][translation.get_language() or "th"],
            _time(one["by_hand"]["at"] if one["by_hand"] else one["sent_at"]),
            (one["by_hand"] or {}).get("url") or one["permalink"] or one["remote_id"],
            one["reference"],
        )
        for one in item["deliveries"]
    ]
    columns = (_("Channel"), _("What"), _("State"), _("Time"), _("Receipt"), _("Reference"))
    return _table(_("Receipts of the channels"), lines, *columns)


def _served(item: dict[str, Any]) -> Section:
    served = item["served"]
    if served is None:
        reason = (
            _("What is live is not what was approved. Tell the unit that owns the website.")
            if item["is_live"]
            else _("The item is not public now.")
        )
        return _table(_("What the public gets"), [(_("None"), reason)])
    lines = [
        (_("Approved text, whose SHA-256 is its digest"), served["text"]),
        *((_("Page as served"), name) for name in served["pages"]),
        *((f"{row['title']} ({row['name']})", row["member"]) for row in served["files"]),
    ]
    return _table(_("What the public gets"), lines)


def _decisions(item: dict[str, Any]) -> Section:
    lines = [
        (
            row["seq"],
            _time(row["at"]),
            deed_of(row["action"]),
            _name(row["actor"]),
            _short(row["digest"]),
        )
        for row in item["decisions"]
    ]
    columns = (_("No."), _("Time"), _("What happened"), _("By"), _("Text"))
    return _table(_("Entries of the ledger"), lines, *columns)


def _local(row: dict[str, Any], name: str) -> str:
    is_english = (translation.get_language() or "th").startswith("en")
    if name == "title":
        return str((row["title_en"] if is_english else "") or row["title"])
    return str((row[f"{name}_en"] if is_english else "") or row[f"{name}_th"])


def _name(person: dict[str, str] | None) -> str:
    if person is None:
        return "–"
    full = person.get("name", "")
    return f"{full} ({person['username']})" if full else person["username"]


def _time(text: str | None) -> str:
    return office_datetime(datetime.fromisoformat(text)) if text else "–"


def _short(digest: str | None) -> str:
    return (digest or "").removeprefix("sha256:")[:12]
