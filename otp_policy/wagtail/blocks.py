"""What items are made of beside their fields."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StreamBlock, StructBlock, TextBlock
from wagtail.documents.blocks import DocumentChooserBlock


class AttachedFileBlock(StructBlock):
    """A file for the public, with what it says for whoever cannot open it."""

    document = DocumentChooserBlock(label=_("file"))
    name = CharBlock(label=_("name in Thai"), max_length=255)
    name_en = CharBlock(label=_("name in English"), max_length=255, required=False)
    text = TextBlock(
        label=_("what the file says, in Thai"),
        help_text=_("For readers who cannot open or read it: its content, or the gist of it."),
    )
    text_en = TextBlock(label=_("what the file says, in English"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("file")
        template = "otp_policy/blocks/file.html"


class AttachedFilesBlock(StreamBlock):
    """The files of an item, in the order in which they are offered."""

    file = AttachedFileBlock()
