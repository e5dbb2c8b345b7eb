from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("otp_policy_syndication", "0003_channel_switches")]

    operations = [
        migrations.AddField(
            model_name="channelswitch",
            name="quota_cost",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="cost of one message"
            ),
        ),
        migrations.AddField(
            model_name="channelswitch",
            name="access_ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="access ends"),
        ),
    ]
