"""What an annex is made of: text, and tables with a heading for each column."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import RichTextBlock, StreamBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

CELL_FEATURES = ["bold", "italic", "ul", "ol", "link"]


class AnnexBlock(StreamBlock):
    """An annex."""

    text = RichTextBlock(
        label=_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"]
    )
    table = TypedTableBlock(
        [("text", RichTextBlock(label=_("text"), features=CELL_FEATURES, required=False))],
        label=_("table"),
        template="home/blocks/table.html",
    )
