"""
Where the open data is: `packages` outside of any language's prefix, `pages` below it.

Mount both before Wagtail's own URLs.
"""

from django.urls import include, path, register_converter

from otp_policy.wagtail.disclosure.public_reading import readable_by_programs

from . import ocds_views


class OcidConverter:
    """An `ocid` in an address."""

    regex = r"ocds-[a-z0-9]{6}-[A-Za-z0-9][A-Za-z0-9._-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class YearConverter:
    """A year of the Buddhist era in an address."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04}"


register_converter(OcidConverter, "otp_ocid")
register_converter(YearConverter, "otp_year")

_PACKAGES = [
    path("releases.json", ocds_views.releases, name="releases"),
    path("releases/<otp_year:fiscal_year>.json", ocds_views.releases, name="releases_of_year"),
    path("records.json", ocds_views.records, name="records"),
    path("records/<otp_year:fiscal_year>.json", ocds_views.records, name="records_of_year"),
    path("records/<otp_ocid:ocid>.json", ocds_views.record, name="record"),
]
packages = [
    path(
        "procurement/ocds/",
        include((readable_by_programs(_PACKAGES), "otp_policy_ocds"), namespace="otp_policy_ocds"),
    )
]
pages = [path("procurement/ocds/", ocds_views.index, name="otp_policy_ocds_index")]
