"""What answers at an item's address beside its live text: prior versions, and a tombstone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from wagtail.models import Revision
from wagtail.url_routing import RouteResult

from .conf import current_policy
from .digest import item_digest
from .history import last_publication
from .models.lifecycle import Withdrawal, WithdrawalDecision
from .versions import read_versions
from .withdrawals import last_withdrawal

_VERSIONS = "versions"
_NOT_INDEXED = "noindex"
_OF_THE_PLACE = (
    *("pk", "id", "path", "depth", "numchild", "url_path", "content_type_id", "locale_id"),
    *("translation_key", "live", "owner_id", "alias_of_id", "first_published_at"),
)


def route_to(page: Any, path_components: list[str]) -> RouteResult | None:
    """Return what answers below *page*, or at it while it is down; None leaves it to Wagtail."""
    number = _version_number(path_components)
    if path_components and number is None:
        return None
    if page.live:
        return RouteResult(page, kwargs={"version": number}) if number else None
    withdrawal = _withdrawal_of(page)
    return RouteResult(page, kwargs={"withdrawal": withdrawal}) if withdrawal else None


def _version_number(path_components: list[str]) -> int | None:
    if len(path_components) != 2 or path_components[0] != _VERSIONS:
        return None
    number = path_components[1]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None


def _withdrawal_of(page: Any) -> Withdrawal | None:
    """Return the withdrawal by which *page* is down, or None: then there never was a page."""
    publication, withdrawal = last_publication(page.pk), last_withdrawal(page.pk)
    if publication is None or withdrawal is None or withdrawal.down_at is None:
        return None
    return withdrawal if withdrawal.publication_id == publication.pk else None


def serve_tombstone(page: Any, request: HttpRequest, withdrawal: Withdrawal) -> HttpResponse:
    """Say with 410 that the item was withdrawn: when, by whom and why, if approved."""
    approved = withdrawal.state == Withdrawal.State.APPROVED
    response = TemplateResponse(
        request,
        "otp_policy/tombstone.html",
        {
            "withdrawal": withdrawal,
            "approved": approved,
            "decision": _deciding(withdrawal) if approved else None,
            "clause": _clause(),
            "keeper": current_policy().channels[current_policy().first_channel].owner,
        },
        status=410,
    )
    response["X-Robots-Tag"] = _NOT_INDEXED
    response["Cache-Control"] = "no-cache"
    return response


def _deciding(withdrawal: Withdrawal) -> WithdrawalDecision | None:
    return withdrawal.decisions.filter(kind=WithdrawalDecision.Kind.APPROVE).last()


def _clause() -> str:
    steps = current_policy().steps
    return next((step.clause for step in steps if "withdraw" in step.actions), "")


def serve_version(page: Any, request: HttpRequest, number: int) -> HttpResponse:
    """Serve a replaced version as it was approved, marked as such; the current one redirects."""
    found = read_versions(page)
    version = next((version for version in found if version.number == number), None)
    if version is None or not version.is_readable:
        raise Http404
    if version.is_current:
        return HttpResponseRedirect(page.get_url(request))
    text = text_of_publication(page, version.publication)
    if text is None:
        raise Http404
    # Its template takes the dates and the digest from here, and the live page from its address.
    text.served_version, text._otp_versions = version, found
    response = TemplateResponse(
        request, text.get_template(request), {**text.get_context(request), "version": version}
    )
    response["X-Disclosure-Digest"] = version.publication.digest
    response["X-Robots-Tag"] = _NOT_INDEXED
    response["Link"] = f'<{page.disclosure_url()}>; rel="latest-version"'
    return response


def text_of_publication(page: Any, publication: Any) -> Any:
    """
    Return the text of a publication of *page*, as long as it is still what was approved, or None.

    A snippet or setting that it shows may have changed since: then it cannot be shown any more.
    """
    revisions = Revision.objects.filter(pk=publication.revision_id)
    content = revisions.values_list("content", flat=True).first()
    text = _as_it_was(page, content) if content else None
    if text is None or item_digest(text, recipe=publication.recipe) != publication.digest:
        return None
    return text


def _as_it_was(page: Any, content: dict[str, Any]) -> Any:
    """
    Return the text of a revision at the place of *page*, to be read and never saved.

    Wagtail looks up each row that it refers to, one by one. A file or snippet that is gone gives
    another digest, and another row no other text.
    """
    text = type(page).from_serializable_data(content, check_fks=False)
    for name in _OF_THE_PLACE:
        setattr(text, name, getattr(page, name))
    if text.owning_unit_id == page.owning_unit_id:
        text.owning_unit = page.owning_unit
    return text
