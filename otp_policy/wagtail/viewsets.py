"""The editor of governed pages: Wagtail's views, which explain what they do not do."""

from functools import cached_property, partial

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet

from .gate import what_is_missing
from .item_state import item_state
from .messages import WORKFLOW_INCOMPLETE
from .models import governed_models
from .next_moves import next_moves
from .objections import objections
from .refusals import not_published, tell
from .screening import UNANSWERED, unanswered
from .step_notes import steps_with_notes, unsaved_steps


def _explain_unpublished(request, page) -> None:
    """Say that publishing was asked for, that a draft was kept, and what publishing lacks."""
    not_published(page.title, what_is_missing(page))
    messages.info(request, _("Your text is kept as a draft."))


class MeasuresSidePanel(BaseSidePanel):
    """Where the item stands in its six steps, beside the editor."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Publication measures")
        icon_name = "tasks"

    name = "measures"
    title = _("Publication measures")
    template_name = "otp_policy/side_panel.html"
    order = 150
    toggle_class = SidePanelToggle

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        if self.object.pk is None:
            return {**context, "steps": unsaved_steps()}
        state = item_state(self.object)
        steps = steps_with_notes(state, what_is_missing(state.draft))
        return {**context, "state": state, "next_moves": next_moves(state), "steps": steps}


class DraftInsteadMixin:
    """A request to publish, or to submit to nobody, keeps the draft and says what is lacking."""

    @cached_property
    def action_name_and_method(self):
        if self.request.POST.get("action-publish"):
            return ("save", self.save_instead_of_publishing)
        if self.request.POST.get("action-submit") and not self.page.has_workflow:
            return ("save", self.save_instead_of_submitting)
        name, method = super().action_name_and_method
        if name in ("submit", "restart_workflow"):
            return (name, partial(self.submit_once_answered, method))
        return (name, method)

    def save_instead_of_publishing(self):
        """Keep the draft, and explain."""
        response = self.save_action()
        _explain_unpublished(self.request, self.page)
        return response

    def save_instead_of_submitting(self):
        """Keep the draft, and say that nobody would be asked to approve it."""
        response = self.save_action()
        messages.error(self.request, WORKFLOW_INCOMPLETE)
        return response

    def submit_once_answered(self, submit):
        """Keep the draft, say what stands against it, and lead to warnings without a reason."""
        draft = self.form.save(commit=False)
        warned, against = unanswered(draft), objections(draft, "prepare")
        if not warned and not against:
            return submit()
        response = self.save_action()
        for sentence in against:
            messages.error(self.request, sentence)
        if self.expects_json_response or not self.page.pk or not warned:
            return response
        messages.warning(self.request, UNANSWERED)
        return redirect(reverse("otp_policy:personal_data", args=(self.page.pk,)))

    def form_invalid(self, form):
        # While the item waits for a decision not even a draft is kept: the form still holds it.
        if self.request.POST.get("action-publish") and getattr(self, "locked_for_user", False):
            not_published(self.page.title, what_is_missing(self.page))
            tell(self.request)
        return super().form_invalid(form)


def with_measures(panels, page, request):
    """Return Wagtail's side panels, and ours among them."""
    return MediaContainer([*panels, MeasuresSidePanel(page, request)])


class GovernedCreateView(DraftInsteadMixin, CreateView):
    """Creates drafts."""

    def get_side_panels(self):
        return with_measures(super().get_side_panels(), self.page, self.request)


class GovernedEditView(DraftInsteadMixin, EditView):
    """Saves drafts, beside the six steps."""

    def get_side_panels(self):
        # Also in what autosave gets back: the steps follow each save.
        return with_measures(super().get_side_panels(), self.page, self.request)


class GovernedRevertView(DraftInsteadMixin, RevisionsRevertView):
    """Brings an earlier text back as a draft."""


def governed_viewsets() -> list[PageViewSet]:
    """Return a viewset for every governed page type."""
    return [
        type(
            f"{model.__name__}ViewSet",
            (PageViewSet,),
            {
                "model": model,
                "name": f"otp_{model._meta.label_lower.replace('.', '_')}",
                "add_view_class": GovernedCreateView,
                "edit_view_class": GovernedEditView,
                "revisions_revert_view_class": GovernedRevertView,
            },
        )()
        for model in governed_models()
    ]
