"""Makes the demo office: units, role accounts with their posts, and the frame of the site."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth import get_user_model
from wagtail.models import Page, Site

from home.models import CategoryPage, HomePage
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import Post, Unit

FROM_ON = date(2019, 5, 25)
DIVISIONS = {
    "division-a": ("กอง ก", "Division A"),
    "division-b": ("กอง ข", "Division B"),
}
# username: (role of the policy, unit, name in Thai)
ACCOUNTS = {
    "pr.division-a": ("pr_representative", "division-a", "ผู้แทนทีมประชาสัมพันธ์ กอง ก"),
    "director.division-a": ("division_director", "division-a", "ผอ. กอง ก"),
    "pr.division-b": ("pr_representative", "division-b", "ผู้แทนทีมประชาสัมพันธ์ กอง ข"),
    "director.division-b": ("division_director", "division-b", "ผอ. กอง ข"),
    "director.office": ("office_director", "", "ผอ. สนค."),
    "publisher.web": ("web_publisher", "data_centre", "ผู้เผยแพร่เว็บไซต์ ศศ."),
    "publisher.social": ("social_publisher", "yp", "ผู้เผยแพร่สื่อสังคม ยป."),
}
SUPERUSER = "admin"
SUPERUSER_LABEL = "ผู้ดูแลระบบ สนค."


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the demo, as `accounts.json` lists it."""

    username: str
    password: str
    role: str
    unit: str


def make_accounts(path: Path) -> list[Account]:
    """Make the accounts, keep their passwords over restarts, and write them to *path*."""
    kept = _kept_passwords(path)
    rows = [
        Account(name, kept.get(name) or _password(), role, unit)
        for name, (role, unit, _label) in ACCOUNTS.items()
    ]
    rows.append(Account(SUPERUSER, kept.get(SUPERUSER) or _password(), "superuser", ""))
    for row in rows:
        _make_user(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return rows


def _password() -> str:
    return secrets.token_hex(6)


def _kept_passwords(path: Path) -> dict[str, str]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {row["username"]: row["password"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _make_user(row: Account) -> None:
    user, _ = get_user_model().objects.get_or_create(username=row.username)
    user.is_superuser = row.role == "superuser"
    # In two parts: Wagtail's form of the own account asks for both, and keeps nothing without.
    label = ACCOUNTS[row.username][2] if row.username in ACCOUNTS else SUPERUSER_LABEL
    user.first_name, _space, user.last_name = label.partition(" ")
    user.email = f"{row.username}@example.invalid"
    user.set_password(row.password)
    user.save()
    if row.role != "superuser":
        unit = Unit.objects.get(code=row.unit) if row.unit else None
        Post.objects.get_or_create(
            user=user, role=row.role, unit=unit, defaults={"from_on": FROM_ON}
        )


def make_divisions() -> None:
    """Make the divisions: the agency's own data, which no policy names."""
    for code, (thai, english) in DIVISIONS.items():
        Unit.objects.get_or_create(code=code, defaults={"name_th": thai, "name_en": english})


def make_site(port: int) -> HomePage:
    """Make the home page and one page per category, and return the home page."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        Page.objects.filter(depth=2, slug="home").delete()
        root.refresh_from_db()
        home = root.add_child(instance=HomePage(title="สำนักงานนโยบายและยุทธศาสตร์การค้า", slug="home"))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": "127.0.0.1",
            "port": port,
            "root_page": home,
            "site_name": home.title,
        },
    )
    for code, category in current_policy().categories.items():
        if not CategoryPage.objects.filter(category=code).exists():
            slug = code.replace("_", "-")
            home.add_child(instance=CategoryPage(title=category.label.th, slug=slug, category=code))
    return home
