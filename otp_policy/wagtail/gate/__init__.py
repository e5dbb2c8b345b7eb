"""
The gate: a governed page is live only with the text of its open publication.

INVARIANT: nothing is public without its approval. A Publication row is written by
`publishing.publish_slot` alone, after the policy allowed it for an approved digest. Everything
that could change what the public gets of such a page is compared with that row, or refused:

- `pages`: saves of pages, and Wagtail's actions that change many things before they save;
- `revisions`: schedules inside a revision, and revisions that are evidence;
- `parts`: child rows and relations of a page;
- `shown`: files, snippets and settings that a live page shows;
- `collections`: moves of collections with files that a live page shows;
- `structure`: where a page stands, who may read it, and what else answers at its address;
- `triggers`: the database's own watch over the table of pages.

What none of them can see, `otp_audit` finds.
"""

from .pages import guard_page, refuse_unless_published, what_is_missing
from .wiring import install

__all__ = ["guard_page", "install", "refuse_unless_published", "what_is_missing"]
