"""Makes what reports tell of: items with their texts, each written and put out at a given time."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from otp_policy.wagtail.executive_reports import steps
from otp_policy.wagtail.models import Approval, Contribution, Correction, Publication

BANGKOK = ZoneInfo("Asia/Bangkok")
FINDINGS = "ปรับปรุงข้อมูลได้ตามกำหนดเป็นส่วนใหญ่ กอง ข ล่าช้าสองรายการ"
YEAR = 2026  # the fiscal year 2569, from 1 October 2025 to 30 September 2026
AFTER = "2026-11-16 12:00"


def at(text: str) -> datetime:
    """Return an instant of the office's clock, as `2026-09-30 23:59`."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


def put_out(
    page: Any,
    when: str,
    *,
    by: Any,
    written: str = "",
    late_minutes: int = 0,
    material: bool | None = None,
    kind: str = "approve",
) -> Publication:
    """Write the evidence of one text of *page* that went live; `material` makes a correction."""
    instant = at(when)
    if written:
        Contribution.objects.create(
            page_id=page.pk, revision_id=len(written) + int(at(written).timestamp()),
            user=by, at=at(written),
        )  # fmt: skip
    before = Publication.objects.filter(page_id=page.pk).order_by("-at").first()
    if before is not None:
        Publication.objects.filter(pk=before.pk).update(ended_at=instant)
    text = {"page_id": page.pk, "revision_id": 0, "digest": f"sha256:{when}", "recipe": 1}
    approval = Approval(**text, kind=kind, by=by, role="office_director", policy="t", at=instant)
    approval.save()
    publication = Publication(
        **text,
        approval=approval,
        publisher=by,
        scheduled_at=instant - timedelta(minutes=late_minutes),
        at=instant,
    )
    publication.save()
    if material is not None:
        Correction(approval=approval, prior=before, is_material=material).save()
    return publication


def submitted(office: Any, by: str = "publisher.web", **more: Any) -> Any:
    """Return the submission of a report on the fiscal year, prepared and submitted by *by*."""
    more.setdefault("year", YEAR)
    report = steps.begin(office[by], findings=FINDINGS, findings_en="Mostly on time.", **more)
    return steps.submit(report, office[by])
