"""The panel of the channels: how each stands, and its switch for the unit that owns it."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from otp_policy.wagtail.forms import ReasonForm
from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.refusals import PolicyRefusal, tell

from ..channel_states import channel_states, spoken_on
from ..reading import reads_register
from ..switching import end_pause, owns_channel, switch_off, switch_on

_ACTS: dict[str, dict[str, Any]] = {
    "off": {
        "do": switch_off,
        "title": _("Switch off"),
        "what": _(
            "Nothing more is sent on this channel until somebody of its unit switches it on. What "
            "is owed waits, and nothing is lost. A message that is being sent is heard out."
        ),
        "done": _("The channel is switched off."),
    },
    "on": {
        "do": switch_on,
        "title": _("Switch on"),
        "what": _("The channel sends again, beginning with what is owed."),
        "done": _("The channel is switched on."),
    },
    "try": {
        "do": end_pause,
        "title": _("End the pause"),
        "what": _(
            "The channel is tried again at once. Do this when its access was renewed or its "
            "allowance raised. What was held because of it goes again; what may be out already "
            "waits for somebody to look."
        ),
        "done": _("The pause is over."),
    },
}


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """Show every channel that tells of items: to everybody, with its switch for its own unit."""
    context = {
        "channels": channel_states(request.user),
        "reads_register": reads_register(request.user),
    }
    return render(request, "otp_policy/channels/channels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, channel: str, act: str) -> HttpResponse:
    """Ask for the reason, and switch a channel off or on, or end its pause."""
    if channel not in spoken_on() or act not in _ACTS:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        # A refusal has changed nothing; what was typed stands in the form that comes back.
        with suppress(PolicyRefusal):
            _ACTS[act]["do"](channel, request.user, form.cleaned_data["note"])
            messages.success(request, _ACTS[act]["done"])
            return redirect("otp_policy_channels:channels")
        tell(request)
    context = {
        "channel": label_of("channels", channel),
        "act": _ACTS[act],
        "form": form,
        "may": owns_channel(request.user, channel),
    }
    return render(request, "otp_policy/channels/change.html", context)
