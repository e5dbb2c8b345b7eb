"""The plugin's entries in the admin's menu that say more than their name."""

from django.utils.translation import gettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from .models import Notice, governed_models


class GovernedMenuItem(MenuItem):
    """Shown only where a page type is under the policy."""

    def is_shown(self, request) -> bool:
        return bool(governed_models())


class NoticesMenuItem(GovernedMenuItem):
    """The reader's notices, with the number of those not read: one query on each screen."""

    def render_component(self, request):
        unread = Notice.objects.filter(recipient=request.user, read_at=None).count()
        label = str(self.label)
        if unread:
            label = gettext("%(name)s (%(count)d)") % {"name": label, "count": unread}
        return LinkMenuItem(
            self.name, label, self.url, icon_name=self.icon_name, classname=self.classname
        )
