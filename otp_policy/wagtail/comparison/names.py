"""What the marks and roles of a comparison are called, in the reader's language."""

from django.utils.translation import gettext_lazy as _

__all__ = ["MARK_NAMES", "ROLE_NAMES", "role_name"]

MARK_NAMES = {
    "same": _("unchanged"),
    "removed": _("taken out"),
    "added": _("put in"),
    "changed": _("changed"),
}

ROLE_NAMES = {
    "paragraph": _("paragraph"),
    "list item": _("list item"),
    "numbered item": _("numbered item"),
    "quotation": _("quotation"),
    "caption": _("caption"),
    "dividing line": _("dividing line"),
    "image": _("image"),
    "media": _("embedded medium"),
    "table heading": _("table heading"),
    "table row": _("table row"),
    "table cell": _("table cell"),
    "heading 1": _("heading 1"),
    "heading 2": _("heading 2"),
    "heading 3": _("heading 3"),
    "heading 4": _("heading 4"),
    "heading 5": _("heading 5"),
    "heading 6": _("heading 6"),
}


def role_name(role: str) -> str:
    """Return the name of a line's role; the place in a file stands for itself."""
    return str(ROLE_NAMES.get(role, role))
