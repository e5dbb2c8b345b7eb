"""The full-text index beside the tables, as each database makes it."""

from django.db import migrations

from otp_policy.wagtail.search.fulltext import FullText

INDEXES = (
    FullText("otp_policy_search_searchentry", with_autocomplete=True),
    FullText("otp_policy_search_publictext"),
)


def create(apps, schema_editor):
    for index in INDEXES:
        for statement in index.create(schema_editor.connection.vendor):
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    for index in INDEXES:
        for statement in index.drop(schema_editor.connection.vendor):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("otp_policy_search", "0001_index")]
    operations = [migrations.RunPython(create, drop)]
