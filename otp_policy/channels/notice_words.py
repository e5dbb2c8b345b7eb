"""What a notice says on any channel: what is new, what was corrected, what was withdrawn."""

from __future__ import annotations

from otp_policy.channels.base import Notice, NoticeKind
from otp_policy.wording.thai import long_date

__all__ = ["heading", "paragraphs"]

_HEADINGS = {
    NoticeKind.PUBLISH: "{}",
    NoticeKind.CORRECT: "แก้ไข/Correction: {}",
    NoticeKind.WITHDRAW: "ถอนประกาศ/Withdrawn: {}",
}
_DONE = {
    NoticeKind.CORRECT: ("แก้ไขแล้ว", "แก้ไขเมื่อ", "Corrected"),
    NoticeKind.WITHDRAW: ("ถอนแล้ว", "ถอนเมื่อ", "Withdrawn"),
}
_NOTES = {
    NoticeKind.CORRECT: "สิ่งที่แก้ไข / What changed: {}",
    NoticeKind.WITHDRAW: "เหตุผล / Reason: {}",
}


def heading(notice: Notice) -> str:
    """Return the title, marked where the notice speaks of an earlier one."""
    return _HEADINGS[notice.kind].format(notice.title)


def paragraphs(notice: Notice) -> list[str]:
    """
    Return what stands below the title, without empty parts.

    INVARIANT: a withdrawal repeats nothing of the text, which may be why it was withdrawn.
    """
    if notice.kind == NoticeKind.PUBLISH:
        return [notice.text] if notice.text else []
    told = [_when(notice)]
    if notice.note:
        told.append(_NOTES[notice.kind].format(notice.note))
    if notice.kind == NoticeKind.CORRECT and notice.text:
        told.append(notice.text)
    return told


def _when(notice: Notice) -> str:
    undated, dated, english = _DONE[notice.kind]
    if notice.on is None:
        return f"{undated} / {english}"
    return f"{dated} {long_date(notice.on, 'th')} / {english} {long_date(notice.on, 'en')}"
