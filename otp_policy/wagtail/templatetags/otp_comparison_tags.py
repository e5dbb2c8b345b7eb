"""How a comparison is shown: values only, no rules."""

from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..comparison import Comparison, compare_item
from ..comparison.names import MARK_NAMES, role_name
from ..comparison.words import Mark, Run

register = template.Library()
register.filter("role_name", role_name)


@register.simple_tag
def difference_of(state: Any) -> Comparison:
    """Return what the draft of an item's *state* changes for the public."""
    return compare_item(state.page, state.draft, digest=state.digest)


@register.filter
def mark_name(mark: str) -> str:
    """Say what became of something."""
    return str(MARK_NAMES[str(mark)])


@register.simple_tag
def marked_run(run: Run, line_mark: str) -> SafeString:
    """Mark a run for eyes and ears; a line that came or went as a whole says so once itself."""
    text = _broken(run.text)
    if run.mark is Mark.SAME:
        return text
    tag = "ins" if run.mark is Mark.ADDED else "del"
    opened, closed = _spoken(run, line_mark)
    return format_html("<{0}>{1}{2}{3}</{0}>", mark_safe(tag), opened, text, closed)


def _spoken(run: Run, line_mark: str) -> tuple[SafeString, SafeString]:
    """Return what a screen reader says before and after a marked run inside a line."""
    if str(line_mark) != Mark.CHANGED:
        return mark_safe(""), mark_safe("")
    begins, ends = {
        Mark.ADDED: (_("[put in:"), _("end of what was put in]")),
        Mark.REMOVED: (_("[taken out:"), _("end of what was taken out]")),
    }[run.mark]
    hidden = '<span class="w-sr-only"> {} </span>'
    return format_html(hidden, begins), format_html(hidden, ends)


def _broken(text: str) -> SafeString:
    """Return *text* escaped, with its line breaks."""
    pieces = [format_html("{}", line) for line in text.split("\n")]
    return mark_safe("<br>".join(pieces))


@register.filter
def size_of_file(row: Any) -> str:
    """Return the size of a document or image for a reader, or a dash where the file is gone."""
    try:
        return filesizeformat(row.file.size)
    except OSError:
        return "–"
