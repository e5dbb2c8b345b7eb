"""Leaves the report on the fiscal year before with the executives: prepared and submitted by ศศ."""

from typing import Any

from otp_policy.wagtail.executive_reports.models import Submission
from otp_policy.wagtail.executive_reports.periods import this_year
from otp_policy.wagtail.executive_reports.steps import begin, submit

from .steps import PUBLISHERS, user
from .story import Say

FINDINGS = (
    "รายงานตัวอย่างของระบบสาธิต ไม่ใช่ข้อมูลของหน่วยงานใด\n"
    "ตัวเลขนับจากหลักฐานในระบบโดยตรง และตรึงไว้เมื่อเสนอ ปีก่อนเริ่มใช้ระบบจึงยังไม่มีการเผยแพร่ที่นับได้"
)
FINDINGS_EN = (
    "An example report of the demo, which tells of no real office.\n"
    "The figures are counted from the evidence itself and frozen when they are submitted; before "
    "the system was in use there was nothing to count."
)


def submit_report(say: Say) -> Any:
    """Prepare and submit the report on the year before, and return the submission."""
    author = user(PUBLISHERS["website"])
    report = begin(author, year=this_year().year - 1, findings=FINDINGS, findings_en=FINDINGS_EN)
    submission: Submission = submit(report, author)
    say(f"report  {author} submitted the yearly report; director.office acknowledges it")
    return submission
