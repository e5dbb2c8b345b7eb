"""The shipped site: settings, commands, and what `otp_setup` derives from the policy."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import GroupPagePermission, Workflow

from otp_policy.wagtail.checks import check_policy, check_wiring
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import CategoryWorkflow, PolicyTask, Post, RoleGroup
from otp_policy.wagtail.setup import set_up
from tests.conftest import REPOSITORY
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_setup_derives_groups_workflows_and_tasks_from_the_policy():
    set_up()
    assert set(RoleGroup.objects.values_list("role", flat=True)) >= {
        "pr_representative",
        "division_director",
        "office_director",
        "web_publisher",
        "social_publisher",
    }
    assert CategoryWorkflow.objects.count() == 6
    news = CategoryWorkflow.objects.get(category="news").workflow
    other = CategoryWorkflow.objects.get(category="other").workflow
    assert [task.specific.action for task in news.tasks] == ["approve"]
    assert [task.specific.action for task in other.tasks] == ["endorse", "approve"]


def test_setup_may_run_twice():
    set_up()
    counts = [model.objects.count() for model in (Group, Workflow, PolicyTask)]
    assert set_up().made == []
    assert counts == [model.objects.count() for model in (Group, Workflow, PolicyTask)]


def test_setup_mends_what_was_switched_off():
    set_up()
    Workflow.objects.update(active=False)
    PolicyTask.objects.update(active=False)
    set_up()
    assert not Workflow.objects.filter(active=False, otp_categories__isnull=False).exists()
    assert not PolicyTask.objects.filter(active=False).exists()


def changed_policy(tmp_path, *changes):
    shipped = REPOSITORY / "otp_policy" / "data" / "policies" / "tpso.toml"
    text = shipped.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


NEWS_BY_THE_OFFICE_TOO = """action = "approve"
categories = ["news"]
roles = ["office_director"]"""
NOTHING_TO_ENDORSE = """categories = ["news"]
roles = []"""


def test_setup_follows_a_change_of_the_policy(settings, tmp_path):
    set_up()
    news = CategoryWorkflow.objects.get(category="news").workflow
    settings.OTP_POLICY_FILE = changed_policy(
        tmp_path,
        (
            NEWS_BY_THE_OFFICE_TOO,
            NEWS_BY_THE_OFFICE_TOO.replace("office_director", "social_publisher"),
        ),
        (NOTHING_TO_ENDORSE, NOTHING_TO_ENDORSE.replace("[]", '["division_director"]')),
    )
    assert set_up().made
    steps = [
        (task.specific.action, {group.otp_role.role for group in task.specific.groups.all()})
        for task in news.tasks
    ]
    assert steps == [
        ("endorse", {"division_director"}),
        ("approve", {"division_director", "social_publisher"}),
    ]
    assert set_up().made == []
    settings.OTP_POLICY_FILE = "tpso"
    set_up()
    assert [task.specific.action for task in news.tasks] == ["approve"]


def test_setup_takes_back_what_an_earlier_policy_gave(settings):
    set_up()
    group = RoleGroup.objects.get(role="web_publisher").group
    preparing = RoleGroup.objects.get(role="pr_representative").group.page_permissions.all()
    for given in preparing:
        GroupPagePermission.objects.create(
            group=group, page=given.page, permission=given.permission
        )
    assert len(set_up().made) == len(preparing) > 0
    assert not group.page_permissions.exists()
    assert preparing.exists()


def test_a_post_that_the_policy_no_longer_knows_carries_nothing_and_breaks_nothing(client):
    office = Office()
    user = office["director.division-a"]
    Post.objects.create(user=user, role="abolished", from_on=office_day())
    page = office.publish(office.draft())
    assert client.get(page.get_url()).status_code == 200


def test_nobody_is_given_wagtails_publish_permission():
    set_up()
    granted = GroupPagePermission.objects.filter(group__otp_role__isnull=False)
    assert granted.exists()
    assert not granted.filter(permission__codename__contains="publish").exists()


def test_the_project_is_wired_so_that_the_measures_hold(settings):
    assert check_policy(None) == check_wiring(None) == []
    settings.WAGTAIL_FINISH_WORKFLOW_ACTION = "wagtail.workflows.publish_workflow_state"
    settings.MIDDLEWARE = []
    assert {found.id for found in check_wiring(None)} == {"otp_policy.E003", "otp_policy.W001"}


def test_a_policy_file_that_cannot_be_used_is_a_system_check(settings, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("[policy]\nid = 3\n", encoding="utf-8")
    settings.OTP_POLICY_FILE = str(broken)
    assert [found.id for found in check_policy(None)] == ["otp_policy.E001"]


def test_every_page_type_of_the_announcement_can_be_made_and_read(client):
    from home.models import BasicInformationPage, IntegrityDeclarationPage, OtherPage, PlansPage
    from news.models import NewsPage
    from procurement.models import ProcurementPage

    office = Office()
    models = (
        BasicInformationPage,
        IntegrityDeclarationPage,
        PlansPage,
        NewsPage,
        ProcurementPage,
        OtherPage,
    )
    for number, model in enumerate(models):
        page = office.publish(office.draft(model, title=f"ข้อมูลชุดที่ {number}"))
        response = client.get(page.get_url())
        assert f"ข้อมูลชุดที่ {number}" in response.content.decode()
        assert response["X-Disclosure-Digest"].startswith("sha256:")
    home = client.get("/").content.decode()
    for slug in ("basic-information", "integrity-declaration", "plans-and-performance"):
        assert f'href="/{slug}/"' in home
    assert client.get("/en/").status_code == 200


def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_site_is_a_folder_and_never_a_package():
    assert not (REPOSITORY / "site" / "__init__.py").exists()
    ignored = (REPOSITORY / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not {"site", "/site", "site/", "/site/"} & set(ignored)


def test_locks_name_no_address():
    for name in ("requirements.lock", "requirements-core.lock"):
        text = Path(REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_the_demo_writes_its_accounts(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    call_command("otp_demo", verbosity=0)
    rows = json.loads((tmp_path / "accounts.json").read_text(encoding="utf-8"))
    assert {"username", "password", "role", "unit"} == set(rows[0])
    assert {row["username"] for row in rows} >= {"pr.division-a", "director.office", "admin"}
