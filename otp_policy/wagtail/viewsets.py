"""The editor of governed pages: Wagtail's views, which explain what they do not do."""

from functools import cached_property

from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from .gate import what_is_missing
from .item_state import item_state
from .models import governed_models
from .refusals import not_published


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
        context["state"] = item_state(self.object)
        return context


class DraftInsteadMixin:
    """A request to publish keeps the draft, and says what publishing lacks."""

    @cached_property
    def action_name_and_method(self):
        if self.request.POST.get("action-publish"):
            return ("save", self.save_instead_of_publishing)
        return super().action_name_and_method

    def save_instead_of_publishing(self):
        """Keep the draft, and explain."""
        response = self.save_action()
        _explain_unpublished(self.request, self.page)
        return response


class GovernedCreateView(DraftInsteadMixin, CreateView):
    """Creates drafts."""


class GovernedEditView(DraftInsteadMixin, EditView):
    """Saves drafts, beside the six steps."""

    def get_side_panels(self):
        panels = list(super().get_side_panels())
        if not self.expects_json_response:
            panels.append(MeasuresSidePanel(self.page, self.request))
        return MediaContainer(panels)


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
            },
        )()
        for model in governed_models()
    ]
