from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("otp_policy_syndication", "0006_wait_of_channel")]

    operations = [
        migrations.AddField(
            model_name="channelswitch",
            name="access_warned_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
