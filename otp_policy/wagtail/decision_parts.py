"""Parts that another app adds to the form of an approval: what else its approver chooses."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# Returns the controls for a page and what is approved of it, `correct` or `withdraw`; "" for none.
# Their names begin with the prefix of the form. `chosen` is what was chosen in them already.
# `sheet` says where they stand on paper: on the printed `memo`, or on the `record` of a signed one.
Part = Callable[..., str]

_parts: list[Part] = []


def add(part: Part) -> None:
    """Show *part* in the forms of approvals from now on; once, however often it is added."""
    if part not in _parts:
        _parts.append(part)


def rendered(
    page: Any, what: str, *, prefix: str = "", chosen: Collection[str] = (), sheet: str = ""
) -> SafeString:
    """Return the controls of every part, ready for a template."""
    asked = {"prefix": prefix, "chosen": chosen, "sheet": sheet}
    return format_html_join("", "{}", ((part(page, what, **asked),) for part in _parts))
