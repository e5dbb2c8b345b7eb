"""The dashboard's alarm: channels that need a person, for the unit that owns them."""

from wagtail.admin.ui.components import Component

from .channel_states import channels_in_need


class ChannelsPanel(Component):
    """Says nothing to whoever owns no channel, and nothing while all is well."""

    name = "otp_channels"
    template_name = "otp_policy/channels/home_panel.html"
    order = 40

    def get_context_data(self, parent_context):
        return {"channels": channels_in_need(parent_context["request"].user)}
