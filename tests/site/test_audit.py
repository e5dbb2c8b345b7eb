"""The audit, the purge and the triggers through the commands of the shipped site."""

import pytest

from tests.migrated import copy_migrated
from tests.site.conftest import manage

REMAKE = """
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from otp_policy.wagtail.gate import triggers
for label in ("wagtailcore.Page", "otp_policy.Publication"):
    emit_pre_migrate_signal(0, False, "default")
    model = MigrationExecutor(connection).loader.project_state().apps.get_model(label)
    with connection.schema_editor() as editor:
        editor._remake_table(model)
    emit_post_migrate_signal(0, False, "default")
    print(label, "missing:", triggers.missing())
"""
COUNT = """
from wagtail.models import Revision
from otp_policy.wagtail.models import Publication
rows = Publication.objects.all()
print("kept:", all(Revision.objects.filter(pk=row.revision_id).exists() for row in rows))
"""


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """Return the environment of a site of its own, with the demo office in it."""
    folder = tmp_path / "var"
    folder.mkdir()
    variables = {"SECRET_KEY": "x", "OTP_VAR_DIR": str(folder), "EMAIL_URL": "memorymail://"}
    variables["DJANGO_SETTINGS_MODULE"] = "otp_site.settings"
    variables["DATABASE_URL"] = f"sqlite:///{folder / 'site.sqlite3'}"
    copy_migrated(folder / "site.sqlite3")
    manage("otp_demo", environment=variables)
    return variables


def test_the_demo_office_is_clean_also_after_a_purge_and_a_migration(environment):
    assert "0" in manage("otp_audit", environment=environment).splitlines()[-1]
    manage("purge_revisions", environment=environment)
    assert "kept: True" in manage("shell", "-v0", "-c", COUNT, environment=environment)
    said = manage("shell", "-v0", "-c", REMAKE, environment=environment)
    assert said.count("missing: []") == 2
    assert "0" in manage("otp_audit", environment=environment).splitlines()[-1]
