import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('otp_policy_syndication', '0004_channel_costs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Readers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reached', models.PositiveBigIntegerField(null=True, verbose_name='reached')),
                ('saw', models.PositiveBigIntegerField(null=True, verbose_name='saw it')),
                ('followed', models.PositiveBigIntegerField(null=True, verbose_name='followed its link')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('told_at', models.DateTimeField(null=True, verbose_name='as of')),
                ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='otp_policy_syndication.delivery')),
            ],
            options={
                'verbose_name': 'readers of a message',
                'verbose_name_plural': 'readers of messages',
                'ordering': ['delivery_id'],
            },
        ),
    ]
