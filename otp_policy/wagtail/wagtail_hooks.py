"""Registers what the plugin adds to the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from . import urls
from .gate import what_is_missing
from .models import is_governed
from .refusals import not_published
from .registers import register_modeladmins
from .viewsets import governed_viewsets
from .waiting import waiting_for

register_modeladmins()


@hooks.register("register_admin_viewset")
def register_viewsets():
    return governed_viewsets()


@hooks.register("register_admin_urls")
def register_urls():
    return [path("measures/", include(urls))]


@hooks.register("register_admin_menu_item")
def register_menu_item():
    return MenuItem(
        _("Waiting for me"), reverse("otp_policy:waiting"), icon_name="tasks", order=150
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
def hide_publish_on_create(menu_items, request, context):
    # The create view knows the page type only by its URL.
    match = request.resolver_match
    if context["view"] != "create" or match is None:
        return
    from .models import governed_models

    labels = {(model._meta.app_label, model._meta.model_name) for model in governed_models()}
    asked = (
        match.kwargs.get("content_type_app_name"),
        match.kwargs.get("content_type_model_name"),
    )
    if asked in labels:
        menu_items[:] = [item for item in menu_items if item.name != "action-publish"]


@hooks.register("before_bulk_action")
def explain_bulk_publish(request, action_type, objects, action):
    """Say of every governed page in a bulk publication why it stays as it is."""
    if action_type != "publish" or action.model is not Page:
        return
    chosen = {page.pk for page in objects}
    ids = [key for key in request.GET.getlist("id") if key.isdigit()]
    for page in Page.objects.filter(pk__in=ids).exclude(pk__in=chosen).specific():
        if is_governed(page):
            not_published(page.title, what_is_missing(page))


class WaitingPanel(Component):
    """What waits for the reader, on the dashboard."""

    name = "otp_waiting"
    template_name = "otp_policy/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context):
        request = parent_context["request"]
        return {"waiting": waiting_for(request.user), "request": request}


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request, panels):
    panels.append(WaitingPanel())
