"""Plain registers with wagtail-modeladmin, all in this one file: the day it retires, it changes."""

from django.contrib.admin.filters import SimpleListFilter
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register

from .models import DelegationOrder, Holiday, LedgerEntry, Post, Unit
from .orders import order_state
from .wording import deed_of, office_datetime, words_of_deed


class ReadOnly(PermissionHelper):
    """Lets people look and nothing else."""

    def user_can_create(self, user) -> bool:
        return False

    def user_can_edit_obj(self, user, obj) -> bool:
        return False

    def user_can_delete_obj(self, user, obj) -> bool:
        return False


class KeptEntries(PermissionHelper):
    """Deletes nothing that holds or has held: it is ended instead."""

    def user_can_delete_obj(self, user, obj) -> bool:
        return super().user_can_delete_obj(user, obj) and not obj.has_begun


class Register(ModelAdmin):
    """Names itself in each reader's language: modeladmin's own label keeps the first reader's."""

    def get_menu_label(self) -> str:
        return self.menu_label or capfirst(self.opts.verbose_name_plural)


class UnitAdmin(Register):
    model = Unit
    menu_icon = "group"
    list_display = ["code", "name_th", "name_en"]
    search_fields = ["code", "name_th", "name_en"]


class UnitFilter(SimpleListFilter):
    """Chooses a unit. Django's own filter of relations needs its admin, which is not installed."""

    title = _("unit")
    parameter_name = "unit"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        return [(str(unit.pk), str(unit)) for unit in Unit.objects.all()]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        return queryset.filter(unit=chosen) if chosen.isdigit() else queryset


class DeedFilter(SimpleListFilter):
    """Chooses what was done, in words instead of codes."""

    title = _("action")
    parameter_name = "deed"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        codes = LedgerEntry.objects.order_by("action").values_list("action", flat=True).distinct()
        return [(code, deed_of(code)) for code in codes]

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class PostAdmin(Register):
    model = Post
    menu_icon = "user"
    list_display = ["user", "role", "unit", "is_acting", "from_on", "until_on"]
    list_filter = ["role", UnitFilter]
    permission_helper_class = KeptEntries


class DelegationOrderAdmin(Register):
    model = DelegationOrder
    menu_icon = "doc-full"
    list_display = ["number", "role", "unit", "delegator", "delegate", "from_on", "until_on", "now"]
    list_filter = ["role"]
    search_fields = ["number"]
    permission_helper_class = KeptEntries

    def now(self, order) -> str:
        return order_state(order)

    now.short_description = _("state")


class HolidayAdmin(Register):
    model = Holiday
    menu_icon = "calendar"
    list_display = ["on", "name_th", "name_en"]
    search_fields = ["name_th", "name_en"]


class LedgerAdmin(Register):
    model = LedgerEntry
    menu_icon = "list-ol"
    list_display = ["seq", "when", "what", "page_id", "short_hash"]
    list_filter = [DeedFilter]
    search_fields = ["action", "body"]
    permission_helper_class = ReadOnly
    index_template_name = "otp_policy/ledger_index.html"
    inspect_view_enabled = True

    def when(self, entry) -> str:
        return office_datetime(entry.at)

    def what(self, entry) -> str:
        return words_of_deed(entry)

    def short_hash(self, entry) -> str:
        return entry.hash[:12]

    when.short_description, when.admin_order_field = _("at"), "at"
    what.short_description, what.admin_order_field = _("action"), "action"
    short_hash.short_description = _("hash")


class OfficeGroup(ModelAdminGroup):
    menu_label = _("Office and evidence")
    menu_icon = "group"
    menu_order = 800
    items = (UnitAdmin, PostAdmin, DelegationOrderAdmin, HolidayAdmin, LedgerAdmin)


def register_modeladmins() -> None:
    """Register the registers with Wagtail's admin."""
    modeladmin_register(OfficeGroup)
