"""
The plugin's own screens, taken from what it registers, so that a new one cannot be forgotten.

Each is opened by people of the office and in the states that the scene has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Who opens which item: between them they see every part of the screens of an item.
THAI_LOOKS = (
    ("pr.division-a", "draft"),
    ("pr.division-a", "countered"),
    ("pr.division-a", "unanswered"),
    ("pr.division-a", "sent_back"),
    ("pr.division-a", "changed"),
    ("pr.division-a", "corrected"),
    ("publisher.web", "proposed"),
    ("publisher.web", "held"),
    ("publisher.web", "corrected"),
    ("publisher.web", "on_paper"),
    ("publisher.web", "taken_down"),
    ("director.division-a", "answered"),
    ("director.division-a", "asked"),
    ("director.division-a", "urgent"),
    ("director.office", "endorsed"),
    ("admin", "submitted"),
    ("admin", "live"),
    ("admin", "emergency"),
)
# What differs in English is the length of its words.
ENGLISH_LOOKS = (
    ("pr.division-a", "changed"),
    ("pr.division-a", "unanswered"),
    ("publisher.web", "corrected"),
    ("publisher.web", "on_paper"),
    ("director.division-a", "asked"),
    ("director.division-a", "answered"),
)
# Where a few items show all that there is to see; a screen that is not named here is opened for
# every item.
STATES = {
    "difference": ("changed", "answered"),
    "personal_data": ("unanswered", "draft"),
    "withdrawal": ("asked", "taken_down", "live", "corrected"),
    "paper": ("on_paper", "answered"),
    "paper_memo": ("on_paper", "answered"),
}
# A version that was replaced is the first of an item that was corrected.
REPLACED = {"corrected": 1}
PEOPLE = ("pr.division-a", "publisher.web", "director.office", "admin")
# The public logs in nowhere.
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One address as one person opens it."""

    name: str
    username: str
    path: str


def own_screens(scene: dict[str, Any], items: Iterable[tuple[str, str]]) -> Iterator[Screen]:
    """Yield what the plugin's URLs name, whatever they answer to; an unknown argument raises."""
    from django.urls import reverse

    from otp_policy.wagtail.urls import urlpatterns

    for pattern in urlpatterns:
        wanted = tuple(pattern.pattern.converters)
        looks = items if "page_id" in wanted else [(name, "") for name in PEOPLE]
        states = STATES.get(pattern.name, [state for _name, state in looks])
        known = [
            (name, arguments(scene, wanted, name, state))
            for name, state in looks
            if state in states
        ]
        opened = [(name, given) for name, given in known if None not in given.values()]
        assert opened, f"nothing in tests/browser/scene.py has {wanted} of {pattern.name}"
        for username, given in opened:
            yield Screen(
                pattern.name, username, reverse(f"otp_policy:{pattern.name}", kwargs=given)
            )


def arguments(
    scene: dict[str, Any], wanted: tuple[str, ...], username: str, state: str
) -> dict[str, Any]:
    """Return the arguments of an address; None stands for what this person or item has not."""
    page_id = scene["items"].get(state)
    known = {
        "page_id": page_id,
        "user_id": scene["people"]["pr.division-b"],
        "notice_id": scene["notices"].get(username),
        "paper_id": scene["papers"].get(str(page_id)),
        "number": REPLACED.get(state),
        "channel": "website",
        "action": "propose",
    }
    return {name: known[name] for name in wanted}


# What is done with a delivery, on one in a state where it may be done.
ACTS = {
    "held": ("record", "cancel", "resume"),
    "unknown": ("look", "there", "absent"),
}


def channel_screens(scene: dict[str, Any]) -> Iterator[Screen]:
    """Yield the screens of the channels: for their unit, and for somebody of another."""
    from django.urls import reverse

    def of_channels(name: str, *args: Any) -> str:
        return reverse(f"otp_policy_channels:{name}", args=args)

    for name in ("publisher.social", "pr.division-a"):
        yield Screen("channels", name, of_channels("channels"))
        yield Screen("dashboard", name, "/admin/")
        for act in ("off", "on", "try"):
            yield Screen("change", name, of_channels("change", "line", act))
        for state, key in scene["deliveries"].items():
            yield Screen("delivery", name, f"/admin/otp_policy_syndication/delivery/inspect/{key}/")
            for act in ACTS.get(state, ()):
                yield Screen("handle", name, of_channels("handle", key, act))
    yield Screen("register delivery", "publisher.social", "/admin/otp_policy_syndication/delivery/")
    for state in ("draft", "changed"):
        page_id = scene["items"][state]
        yield Screen("preview", "pr.division-a", of_channels("preview", page_id))


def report_screens(scene: dict[str, Any]) -> Iterator[Screen]:
    """Yield the screens of the reports to the executives, in each state, for unit and executive."""
    from django.urls import reverse

    def of_reports(name: str, *args: Any) -> str:
        return reverse(f"otp_policy_executive_reports:{name}", args=args)

    for username in ("publisher.web", "director.office"):
        yield Screen("reports", username, of_reports("reports"))
        for key in scene["reports"].values():
            yield Screen("report", username, of_reports("report", key))
    yield Screen("figures", "publisher.web", of_reports("figures", scene["year"], 0))
    yield Screen(
        "paper report", "publisher.web", of_reports("paper", scene["reports"]["submitted"])
    )
    yield Screen("print report", "director.office", of_reports("print", scene["submission"]))


def public_screens(scene: dict[str, Any], prefix: str) -> Iterator[Screen]:
    """Yield what the public reads of corrections, withdrawals and emergencies, in a language."""
    for name, path in scene["addresses"].items():
        yield Screen(name, NOBODY, prefix + path)
    yield Screen("responsibilities", NOBODY, f"{prefix}/responsibilities/")


def register_screens() -> Iterator[Screen]:
    """Yield the list and the form of every register."""
    from otp_policy.wagtail.registers import OfficeGroup

    for register in OfficeGroup.items:
        model = register.model._meta.model_name
        yield Screen(f"register {model}", "admin", f"/admin/otp_policy/{model}/")
        yield Screen(f"register {model}", "admin", f"/admin/otp_policy/{model}/create/")
        yield Screen(f"register {model}", "admin", f"/admin/otp_policy/{model}/edit/1/")
        yield Screen(f"register {model}", "admin", f"/admin/otp_policy/{model}/inspect/1/")


def procurement_screens(scene: dict[str, Any]) -> Iterator[Screen]:
    """Yield the editor of every form and stage of procurement, and the import."""
    from django.urls import reverse

    writer = "pr.division-a"
    for model, page_id in scene["forms"].items():
        yield Screen(f"form {model}", writer, f"/admin/pages/{page_id}/edit/")
    upload = reverse("otp_policy_procurement:import")
    yield Screen("import", writer, upload)
    yield Screen("import with errors", writer, upload)
    preview = reverse("otp_policy_procurement:import_preview", args=(scene["import"],))
    yield Screen("import preview", writer, preview)


def evidence_screens(scene: dict[str, Any]) -> Iterator[Screen]:
    """Yield the screens of the assessment, for who keeps it and for who only looks."""
    from django.urls import reverse

    keeper, row, year = "publisher.web", scene["assessment"]["row"], scene["assessment"]["year"]
    for name in (keeper, "pr.division-a"):
        yield Screen("assessment", name, reverse("otp_policy_packs:matrix") + f"?year={year}")
        yield Screen("assessment item", name, reverse("otp_policy_packs:row", args=(row,)))
    yield Screen("assessment form", keeper, reverse("otp_policy_packs:edit", args=(row,)))
    yield Screen("assessment form", keeper, reverse("otp_policy_packs:clone"))
    for state in ("corrected", "on_paper"):
        page_id = scene["items"][state]
        yield Screen("evidence", keeper, reverse("otp_policy_packs:item", args=(page_id,)))


def wagtail_screens(scene: dict[str, Any]) -> Iterator[Screen]:
    """Yield the screens of Wagtail that the plugin adds something to."""
    items = scene["items"]
    for username in PEOPLE:
        yield Screen("dashboard", username, "/admin/")
    yield Screen("use of the website", "pr.division-a", "/admin/use/")
    yield Screen("editor", "pr.division-a", f"/admin/pages/{items['draft']}/edit/")
    for name in ("editor", "decision"):
        yield Screen(name, "director.division-a", f"/admin/pages/{items['answered']}/edit/")
