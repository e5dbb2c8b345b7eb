"""
The form of documents (`WAGTAILDOCS_DOCUMENT_FORM_BASE`).

Wagtail's form deletes the old file before it saves the new one, so a refusal of the save alone
would leave a live item without its file.
"""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from .gate.shown import part_of_approved


class GovernedDocumentForm(BaseDocumentForm):
    """Keeps a document that a live governed page shows as it is, and says why."""

    def _post_clean(self) -> None:
        super()._post_clean()
        reason = part_of_approved(self.instance)
        if reason is not None:
            self.add_error(None, ValidationError(reason, code="part_of_approved"))
