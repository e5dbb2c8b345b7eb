"""Plain registers with wagtail-modeladmin, all in this one file: the day it retires, it changes."""

from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register

from .models import DelegationOrder, LedgerEntry, Post, Unit


class ReadOnly(PermissionHelper):
    """Lets people look and nothing else."""

    def user_can_create(self, user) -> bool:
        return False

    def user_can_edit_obj(self, user, obj) -> bool:
        return False

    def user_can_delete_obj(self, user, obj) -> bool:
        return False


class UnitAdmin(ModelAdmin):
    model = Unit
    menu_icon = "group"
    list_display = ["code", "name_th", "name_en"]
    search_fields = ["code", "name_th", "name_en"]


class PostAdmin(ModelAdmin):
    model = Post
    menu_icon = "user"
    list_display = ["user", "role", "unit", "is_acting", "from_on", "until_on"]
    list_filter = ["role", "unit"]


class DelegationOrderAdmin(ModelAdmin):
    model = DelegationOrder
    menu_icon = "doc-full"
    list_display = ["number", "role", "unit", "delegator", "delegate", "from_on", "until_on"]
    list_filter = ["role"]
    search_fields = ["number"]


class LedgerAdmin(ModelAdmin):
    model = LedgerEntry
    menu_icon = "list-ol"
    list_display = ["seq", "at", "action", "page_id", "hash"]
    list_filter = ["action"]
    search_fields = ["action", "body"]
    permission_helper_class = ReadOnly
    inspect_view_enabled = True


class OfficeGroup(ModelAdminGroup):
    menu_label = _("Office and evidence")
    menu_icon = "group"
    menu_order = 800
    items = (UnitAdmin, PostAdmin, DelegationOrderAdmin, LedgerAdmin)


def register_modeladmins() -> None:
    """Register the registers with Wagtail's admin."""
    modeladmin_register(OfficeGroup)
