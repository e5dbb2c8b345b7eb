"""
What is searched: Wagtail's own index, the index of what is public, and the words of both.

`title` and `body` hold words as `otp_policy.thai_text` breaks them. The full-text index of each
database stands beside the tables (migration 0002), and follows every change of a row by itself.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from otp_policy.wagtail.models import Publication


class IndexName(models.TextChoices):
    """Which index a word stands in; the public's knows no word that is not public."""

    ENTRIES = "entries"
    PUBLIC = "public"


class SearchEntry(models.Model):
    """An object as Wagtail's search finds it: drafts of new pages and all files included."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    # The key again where it is a number, so that the object's own table is joined by its key.
    number = models.BigIntegerField(null=True)
    title = models.TextField()
    body = models.TextField()
    autocomplete = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"], name="otp_search_entry_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.content_type_id}:{self.object_id}"


class PublicText(models.Model):
    """
    A published text, or part of the text of one of its documents.

    A row counts only while its publication is open and its page live: whoever reads this table
    asks both, so that a row that was left behind shows nothing.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="+")
    page_id = models.PositiveBigIntegerField(db_index=True)
    # The document that this is the text of; empty for the page's own.
    file_id = models.PositiveBigIntegerField(null=True)
    part = models.PositiveIntegerField(default=0)
    recipe = models.PositiveSmallIntegerField()

    category = models.CharField(max_length=64)
    # The page's model as `app.model`, or `document`.
    kind = models.CharField(max_length=100)
    unit = models.CharField(max_length=64)
    fiscal_year = models.PositiveSmallIntegerField()

    shown_title = models.TextField()
    shown_title_en = models.TextField()
    shown_text = models.TextField()
    title = models.TextField()
    body = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "file_id", "part"], name="otp_search_public_part"
            ),
            models.UniqueConstraint(
                fields=["publication", "part"],
                condition=models.Q(file_id__isnull=True),
                name="otp_search_public_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}:{self.file_id or ''}:{self.part}"


class Word(models.Model):
    """A word of an index; by these a query is broken, and a misspelt one mended."""

    index = models.CharField(max_length=8, choices=IndexName.choices)
    text = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "text"], name="otp_search_word")]

    def __str__(self) -> str:
        return self.text


class Compound(models.Model):
    """What a reader may look for inside a word that ICU keeps whole."""

    word = models.ForeignKey(Word, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=64, db_index=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.part
