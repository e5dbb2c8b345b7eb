"""What a page says to machines: JSON-LD in the words of schema.org."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from .conf import office_name, public_base_url
from .file_names import OfferedFile
from .models import Publication
from .models.choices import label_of

# Nothing in the data may end the element that holds it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def organisation() -> dict[str, Any]:
    """Return the office, as whoever publishes the pages."""
    return {
        "@type": "GovernmentOrganization",
        "name": office_name(),
        "url": f"{public_base_url()}/",
    }


def item_data(
    page: Any, publication: Publication, *, first: Publication, files: list[OfferedFile]
) -> dict[str, Any]:
    """Return what is said of the live item *page*, whose files are *files*."""
    title, unit, address = page.local_title, str(page.owning_unit), page.disclosure_url()
    data = {
        "@type": page.schema_type,
        "@id": address,
        "url": address,
        "name": title["text"],
        "description": page.local_summary["text"] or title["text"],
        "inLanguage": title["lang"],
        "datePublished": first.at.isoformat(),
        "dateModified": publication.at.isoformat(),
        "publisher": organisation(),
        "creator": {
            "@type": "GovernmentOrganization",
            "name": unit,
            "parentOrganization": organisation(),
        },
        "about": label_of("categories", page.disclosure_category),
        "isAccessibleForFree": True,
    }
    if page.schema_type == "NewsArticle":
        data["headline"] = title["text"][:110]
    distribution = [_download(file) for file in files if file.block.value["document"]]
    if distribution:
        data["distribution" if page.schema_type == "Dataset" else "associatedMedia"] = distribution
    if page.covers is not None:
        begin, until = page.covers.first, page.covers.last
        data["temporalCoverage"] = f"{begin.isoformat()}/{until.isoformat()}"
    return data


def _download(file: OfferedFile) -> dict[str, Any]:
    document = file.block.value["document"]
    data = {
        "@type": "DataDownload",
        "name": file.block.value["name"],
        "contentUrl": f"{public_base_url()}{document.url}",
        "encodingFormat": document.content_type,
    }
    return data if file.size is None else {**data, "contentSize": f"{file.size} B"}


def as_script(*things: dict[str, Any]) -> SafeString:
    """Return the element that holds *things*."""
    graph = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(graph, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
