"""Parts that another app adds to the form of an approval: what else its approver chooses."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# Returns the controls for a page and what is approved of it, `correct` or `withdraw`; "" for none.
# Their names begin with the prefix of the form.
Part = Callable[..., str]

_parts: list[Part] = []


def add(part: Part) -> None:
    """Show *part* in the forms of approvals from now on; once, however often it is added."""
    if part not in _parts:
        _parts.append(part)


def rendered(page: Any, what: str, *, prefix: str = "") -> SafeString:
    """Return the controls of every part, ready for a template."""
    return format_html_join("", "{}", ((part(page, what, prefix=prefix),) for part in _parts))
