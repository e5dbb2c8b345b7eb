"""The choice of a notice in the form of an approval, with what it costs."""

from collections.abc import Collection
from typing import Any

from django.template.loader import render_to_string

from .notice_choice import offers_for

_TEMPLATE = "otp_policy_syndication/_notice_choice.html"
_ON_MEMO = "otp_policy_syndication/_notice_on_memo.html"


def notice_form(
    page: Any, what: str, *, prefix: str = "", chosen: Collection[str] = (), sheet: str = ""
) -> str:
    """Return the controls for the channels of *page* that can take nothing back; "" for none."""
    offers = offers_for(page.pk) if page.pk else []
    if not offers:
        return ""
    name = f"{prefix}-notices" if prefix else "notices"
    values = {"offers": offers, "what": what, "name": name, "chosen": chosen, "sheet": sheet}
    return render_to_string(_ON_MEMO if sheet == "memo" else _TEMPLATE, values)
