"""Which files an item uses, and under which names documents were uploaded."""

from django.db import models

from .evidence import Publication


class FileUse(models.Model):
    """
    That an item uses a document or an image.

    With a publication, the public may fetch the file while that publication is open. Without
    one, the row speaks of the latest draft, and lets those see the file who have a part in the
    item. No foreign key to page or file: a use is looked up by the file, which may be gone.
    """

    page_id = models.PositiveBigIntegerField(db_index=True)
    publication = models.ForeignKey(
        Publication, null=True, blank=True, on_delete=models.CASCADE, related_name="files"
    )
    # The file's model as `app.model`, and its key.
    model = models.CharField(max_length=100)
    file_id = models.PositiveBigIntegerField()
    # Under which name the storage keeps the bytes. A replaced file gets another name, so that
    # what took the place of the approved bytes is not public by the old approval.
    stored_as = models.CharField(max_length=500)

    class Meta:
        indexes = [models.Index(fields=["model", "file_id"], name="otp_file_use")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.model}:{self.file_id}"


class OriginalName(models.Model):
    """
    The name under which a document was uploaded.

    The storage takes Thai vowel and tone marks out of names; a reader gets the file as the office
    called it.
    """

    stored_as = models.CharField(max_length=500, unique=True)
    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.name
