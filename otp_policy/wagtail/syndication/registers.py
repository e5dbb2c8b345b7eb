"""
The register of deliveries with wagtail-modeladmin.

Beside the plugin's registers and not among them: an agency may leave the channels out. The day
wagtail-modeladmin retires, this file changes with that one.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail_modeladmin.options import ModelAdmin, modeladmin_register
from wagtail_modeladmin.views import InspectView

from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.registers import ReadOnly
from otp_policy.wagtail.wording import office_datetime, person_name

from .delivery_screen import delivery_screen
from .models import Delivery
from .reading import may_read, reads_all, reads_register


class DeliveryReaders(ReadOnly):
    """Lets whoever holds a post in the office look; nobody changes a row by a form."""

    def get_all_model_permissions(self):
        return Permission.objects.none()  # posts of the policy decide, not groups

    def user_can_list(self, user: Any) -> bool:
        return reads_register(user)

    def user_can_inspect_obj(self, user: Any, obj: Delivery) -> bool:
        return True  # asked for every row of the list; the delivery's own screen refuses


class DeliveryView(InspectView):
    """One delivery: what is sent, every attempt, and what its unit may do with it now."""

    def check_action_permitted(self, user: Any) -> bool:
        return may_read(user, self.instance)

    def get_page_title(self) -> str:
        return str(_("Delivery"))

    def get_meta_title(self) -> str:
        return f"{_('Delivery')}: {self.instance}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        screen = delivery_screen(self.instance, self.request.user)
        return super().get_context_data(delivery=self.instance, screen=screen, **kwargs)


class DeliveryAdmin(ModelAdmin):
    model = Delivery
    menu_label = _("Deliveries")
    menu_icon = "mail"
    menu_order = 154
    list_display = ["on", "operation", "item", "stands", "due", "sent", "reference", "who"]
    list_filter = ["channel", "state", "operation"]
    list_per_page = 50
    search_fields = ["reference", "shown_title", "remote_id", "permalink"]
    permission_helper_class = DeliveryReaders
    inspect_view_enabled = True
    inspect_view_class = DeliveryView
    inspect_template_name = "otp_policy/channels/delivery.html"

    def get_queryset(self, request: Any) -> Any:
        """Return every delivery with what its row says, in one query."""
        title = Subquery(Page.objects.filter(pk=OuterRef("page_id")).values("title")[:1])
        shown: Any = Coalesce(title, Value(""))
        if not reads_all(request.user):
            # What is withdrawn may not be told by its title either.
            shown = Case(When(publication__ended_at=None, then=shown), default=Value(""))
        return (
            super()
            .get_queryset(request)
            .select_related("publication", "slot__confirmed_by", "ordered_by", "by_hand__by")
            .annotate(shown_title=shown)
        )

    def on(self, delivery: Delivery) -> str:
        return label_of("channels", delivery.channel)

    def item(self, delivery: Any) -> str:
        return delivery.shown_title or gettext("an item that is not public")

    def stands(self, delivery: Delivery) -> str:
        return format_html(
            '<span class="w-status{}">{}</span>',
            "" if delivery.state in _OVER else " w-status--primary",
            delivery.get_state_display(),
        )

    def due(self, delivery: Delivery) -> str:
        return office_datetime(delivery.due_at)

    def sent(self, delivery: Delivery) -> str:
        return office_datetime(delivery.sent_at) or "–"

    def who(self, delivery: Any) -> str:
        by_hand = getattr(delivery, "by_hand", None)
        return person_name(by_hand.by if by_hand else delivery.orderer)

    on.short_description, on.admin_order_field = _("channel"), "channel"
    item.short_description = _("item")
    stands.short_description, stands.admin_order_field = _("state"), "state"
    due.short_description, due.admin_order_field = _("due"), "due_at"
    sent.short_description, sent.admin_order_field = _("sent at"), "sent_at"
    who.short_description = _("in the name of")


_OVER = (Delivery.State.SENT, Delivery.State.CANCELLED, Delivery.State.SUPERSEDED)


def register_deliveries() -> None:
    """Register the register with Wagtail's admin."""
    modeladmin_register(DeliveryAdmin)
