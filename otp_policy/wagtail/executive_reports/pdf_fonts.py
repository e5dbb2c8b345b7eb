"""The face of PDF files, as the site sets it for all letters."""

from django.conf import settings

__all__ = ["pdf_fonts"]


def pdf_fonts() -> tuple[str, str] | None:
    """Return the folder and the family of the face (`OTP_POLICY_PDF_FONTS`), if any."""
    fonts = getattr(settings, "OTP_POLICY_PDF_FONTS", None)
    return (str(fonts[0]), str(fonts[1])) if fonts else None
