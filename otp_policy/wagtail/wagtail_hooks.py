"""Registers what the plugin adds to the admin; decides nothing."""

from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.models import Page

from . import leaving_hooks, urls  # noqa: F401  (its hooks register on import)
from .file_views import guard_document
from .gate import what_is_missing
from .home_panels import arrange_panels
from .menu import GovernedMenuItem, NoticesMenuItem
from .models import governed_models, is_governed
from .page_lists import choosable
from .refusals import not_published
from .registers import register_modeladmins
from .viewsets import governed_viewsets

register_modeladmins()

# First of all: who may not see a document is not asked for its password either. What Wagtail's
# own privacy of collections refuses stays refused.
hooks.register("before_serve_document", guard_document, order=-100)
hooks.register("construct_page_chooser_queryset", choosable)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return governed_viewsets()


@hooks.register("register_admin_urls")
def register_urls():
    return [path("measures/", include(urls))]


@hooks.register("register_admin_menu_item")
def register_menu_item():
    return GovernedMenuItem(
        _("Waiting for me"), reverse("otp_policy:waiting"), icon_name="tasks", order=150
    )


@hooks.register("register_admin_menu_item")
def register_notices_item():
    return NoticesMenuItem(
        _("Notices"), reverse("otp_policy:notices"), "otp-notices", icon_name="mail", order=151
    )


@hooks.register("register_admin_menu_item")
def register_calendar_item():
    return GovernedMenuItem(
        _("Publication calendar"),
        reverse("otp_policy:calendar"),
        "otp-calendar",
        icon_name="calendar",
        order=152,
    )


class MeasuresMenuItem(ActionMenuItem):
    """Leads from the editor to the item's steps, schedule and decision."""

    name = "action-measures"
    label = _("Steps, schedule and decision")
    icon_name = "tasks"

    def is_shown(self, context):
        return context["view"] == "edit" and is_governed(context["page"])

    def get_url(self, context):
        return reverse("otp_policy:item", args=(context["page"].pk,))


@hooks.register("register_page_action_menu_item")
def register_action_menu_item():
    return MeasuresMenuItem(order=5)


@hooks.register("construct_page_action_menu")
def keep_to_drafts_on_create(menu_items, request, context):
    # The create view knows the page type only by its URL, and offers the workflow of the section
    # above. The item's own workflow is offered once the draft is saved.
    match = request.resolver_match
    if context["view"] != "create" or match is None:
        return
    labels = {(model._meta.app_label, model._meta.model_name) for model in governed_models()}
    asked = (
        match.kwargs.get("content_type_app_name"),
        match.kwargs.get("content_type_model_name"),
    )
    if asked in labels:
        menu_items[:] = [
            item for item in menu_items if item.name not in ("action-publish", "action-submit")
        ]


@hooks.register("before_bulk_action")
def explain_bulk_publish(request, action_type, objects, action):
    """Say of every governed page in a bulk publication why it stays as it is."""
    if action_type != "publish" or action.model is not Page:
        return
    _chosen, left_out = action.get_actionable_objects()
    pages = [page.specific for page in left_out["items_with_no_access"]]
    if action.cleaned_form.cleaned_data["include_descendants"]:
        for page in objects:
            pages.extend(page.get_descendants().not_live().specific())
    for page in pages:
        if is_governed(page):
            not_published(page.title, what_is_missing(page))


@hooks.register("before_unpublish_page")
def ask_for_the_reason(request, page):
    """Lead whoever takes a governed page down to the screen that asks why (annex 1 step 5)."""
    if is_governed(page):
        return redirect("otp_policy:withdrawal", page.pk)
    return None


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request, panels):
    if governed_models():
        arrange_panels(panels)
