from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("otp_policy_syndication", "0005_readers_of_messages")]

    operations = [
        migrations.AddField(
            model_name="channelswitch",
            name="wait_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="left alone until"),
        ),
        migrations.AddField(
            model_name="channelswitch",
            name="wait_detail",
            field=models.CharField(blank=True, max_length=500, verbose_name="detail"),
        ),
    ]
