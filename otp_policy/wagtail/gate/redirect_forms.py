"""
Says in Wagtail's own form of redirects, and for each row of an import, what the gate would refuse.

The form has no hook. Asked only when it is saved, the gate would answer with a refusal of the
whole request, and everything typed or imported would be lost.
"""

import functools
from typing import Any

from . import structure


def explain_in_forms() -> None:
    """Make the form of redirects ask the gate while it is checked, once."""
    from wagtail.contrib.redirects.forms import RedirectForm

    if not hasattr(RedirectForm.clean, "_otp_policy_guard"):
        RedirectForm.clean = _asking(RedirectForm.clean)


def _asking(clean: Any) -> Any:
    @functools.wraps(clean)
    def asking(form: Any) -> Any:
        cleaned = clean(form)
        _ask(form)
        return cleaned

    asking._otp_policy_guard = True
    return asking


def _ask(form: Any) -> None:
    given = form.cleaned_data
    if given.get("old_path"):
        names = ("old_path", "site", "redirect_page")
        redirect = form._meta.model(**{name: given.get(name) for name in names})
        page = structure.page_redirected_from(redirect)
        if page is not None:
            form.add_error("old_path", structure.address_is_taken(page))
