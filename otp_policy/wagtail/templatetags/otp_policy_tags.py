"""Template tags of the plugin: values only, no rules."""

from django import template
from django.urls import NoReverseMatch, reverse

from .. import decision_parts, laws, standing, wording
from ..adapters import latest_text
from ..conf import office_day, public_base_url
from ..corrections import kind_label
from ..due import Holidays, facts_of, review_of
from ..file_names import offered_files
from ..models import PaperDecision, Unit
from ..models.choices import label_of
from ..models.evidence import Capacity
from ..share_images import share_image_path
from ..structured_data import as_script, item_data, organisation
from ..urgency import REASONS
from ..versions import read_versions

register = template.Library()


def authority(row) -> str:
    """Say in which role and capacity an approval, or a decision on paper, was given."""
    return wording.authority_words(row.role, row.unit, row.capacity, row.order)


register.filter("clause_name", wording.clause_name)
register.filter("office_date", wording.office_date)
register.filter("machine_time", wording.machine_time)
register.filter("office_datetime", wording.office_datetime)
register.filter("person_name", wording.person_name)
register.filter("authority", authority)
register.filter("section_name", laws.section_name)
register.simple_tag(laws.legal_sentence, name="legal_sentence")
register.filter("what_was_done", wording.words_of_deed)
register.filter("who_did_it", wording.words_of_actor)
register.simple_tag(standing.mark_of, name="mark_of")
register.simple_tag(read_versions, name="public_versions")
register.simple_tag(decision_parts.rendered, name="decision_parts")


@register.filter
def policy_label(code: str, kind: str) -> str:
    """Return the label of a code of the policy, such as a channel, in the reader's language."""
    return label_of(kind, code)


@register.simple_tag
def latest_digest(page) -> str:
    """Return the digest of the page's latest text, for the form of a decision."""
    return latest_text(page.specific)[1]


@register.filter
def short_digest(digest: str) -> str:
    """Return the first twelve digits of a digest, enough to compare by eye."""
    return digest.removeprefix("sha256:")[:12]


@register.simple_tag
def publication_of(page):
    """Return the open publication of *page*, or None while it is only previewed."""
    if getattr(page, "served_version", None):
        return page.served_version.publication
    current = [version for version in read_versions(page) if version.is_current]
    return current[-1].publication if current else None


@register.simple_tag
def share_image_of(page) -> str:
    """Return the whole address of the picture that stands for *page* elsewhere, or nothing."""
    path = share_image_path(page)
    return f"{public_base_url()}{path}" if path else ""


@register.simple_tag
def json_ld_of_item(page, publication) -> str:
    """Return what a live item says to machines."""
    first = read_versions(page)[0].publication
    files = _files_once(page)
    return as_script(item_data(page, publication, first=first, files=files))


@register.simple_tag
def json_ld_of_office() -> str:
    """Return what the home page says to machines of the office."""
    return as_script(organisation())


@register.simple_tag(name="attached_files")
def _files_once(page) -> list:
    """Return the files that *page* offers, read once for a page in memory."""
    if not hasattr(page, "_otp_files"):
        page._otp_files = offered_files(page)
    return page._otp_files


@register.simple_tag
def review_of_item(page, publication):
    """Return when *page* was looked at last and is due again, or None."""
    facts = facts_of(page, publication.reviewed_at)
    since = min(office_day(publication.at), facts.covers_until or office_day())
    return review_of(facts, on=office_day(), holidays=Holidays(since))


@register.simple_tag
def error_report_url(page) -> str:
    """Return where a reader reports an error in a live item; nothing where nobody takes reports."""
    try:
        return reverse("otp_policy_reports:report", args=(page.pk,))
    except NoReverseMatch:  # the app of the monitoring is left out
        return ""


@register.simple_tag(takes_context=True)
def url_above(context, page) -> str:
    """Return the address of the page above *page*, which needs no look at the database."""
    url = (page.get_url(context.get("request")) or "/").rstrip("/")
    return f"{url.rpartition('/')[0]}/"


@register.simple_tag
def corrections_of(page) -> list:
    """Return the readable versions of *page* that correct an earlier one, the latest first."""
    if not page.pk or getattr(page, "served_version", None):
        return []
    found = read_versions(page)
    readable = {version.publication.pk for version in found if version.is_readable}
    return [
        (version, version.correction.prior_id in readable and version.number - 1)
        for version in reversed(found)
        if version.is_readable and version.correction
    ]


@register.filter
def unit_name(code: str) -> str:
    """Return the name of a unit of the office, which the policy need not know."""
    unit = Unit.objects.filter(code=code).first()
    return str(unit) if unit else code


@register.filter
def urgent_reason(code: str) -> str:
    """Return the word for why an item goes first."""
    return str(REASONS.get(code, code))


@register.filter
def change_kind(kind: str) -> str:
    """Return what sort of change a correction made, in the reader's language."""
    return kind_label(kind)


@register.simple_tag
def papers_of(page):
    """Return the decisions on *page* that were signed on paper, the latest first."""
    rows = PaperDecision.objects.filter(page_id=page.pk or 0)
    return rows.select_related("signed_by", "recorded_by").order_by("-recorded_at", "-pk")


@register.simple_tag
def post_words(post) -> str:
    """Say which role a post is, in which capacity and unit."""
    capacity = Capacity.ACTING if post.is_acting else Capacity.HOLDER
    return wording.authority_words(post.role, post.unit or "", capacity)
