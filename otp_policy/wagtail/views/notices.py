"""The reader's notices, and which of them come by e-mail too."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..models import Notice, Unit
from ..notice_forms import NoticeMailsForm
from ..notice_words import link_of, sentence_of

_A_PAGE = 25


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """List the reader's notices, the latest first: a constant number of queries."""
    rows = Notice.objects.filter(recipient=request.user)
    is_unread = request.GET.get("show") == "unread"
    if is_unread:
        rows = rows.filter(read_at=None)
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("p"))
    names = {
        unit.code: str(unit) for unit in Unit.objects.filter(code__in={row.unit for row in page})
    }
    return render(
        request,
        "otp_policy/notices.html",
        {
            "notices": page,
            "page_range": page.paginator.get_elided_page_range(page.number),
            "rows": [(row, sentence_of(row, names)) for row in page],
            "is_unread": is_unread,
            "unread": Notice.objects.filter(recipient=request.user, read_at=None).count(),
        },
    )


def _mark_read(rows) -> int:
    return rows.filter(read_at=None).update(read_at=timezone.now())


@require_GET
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Lead to what a notice is about; whoever looks there has read it."""
    notice = get_object_or_404(Notice, pk=notice_id, recipient=request.user)
    _mark_read(Notice.objects.filter(pk=notice.pk))
    return redirect(link_of(notice))


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all of them."""
    rows = Notice.objects.filter(recipient=request.user)
    chosen = request.POST.get("notice", "")
    if chosen.isdecimal():
        rows = rows.filter(pk=int(chosen))
    elif chosen != "all":
        rows = rows.none()
    if not _mark_read(rows):
        messages.info(request, _("There was nothing to mark as read."))
    back = reverse("otp_policy:notices")
    return redirect(f"{back}?show=unread" if request.POST.get("show") == "unread" else back)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_mails(request: HttpRequest) -> HttpResponse:
    """Let the reader choose which notices come by e-mail too."""
    form = NoticeMailsForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choice is kept."))
        return redirect(reverse("otp_policy:notice_mails"))
    return render(request, "otp_policy/notice_mails.html", {"form": form})
