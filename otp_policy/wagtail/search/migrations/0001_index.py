
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('otp_policy', '0007_withdrawal_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.CharField(choices=[('entries', 'Entries'), ('public', 'Public')], max_length=8)),
                ('text', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('index', 'text'), name='otp_search_word')],
            },
        ),
        migrations.CreateModel(
            name='Compound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(db_index=True, max_length=64)),
                ('word', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='otp_policy_search.word')),
            ],
        ),
        migrations.CreateModel(
            name='PublicText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page_id', models.PositiveBigIntegerField(db_index=True)),
                ('file_id', models.PositiveBigIntegerField(null=True)),
                ('part', models.PositiveIntegerField(default=0)),
                ('recipe', models.PositiveSmallIntegerField()),
                ('category', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=100)),
                ('unit', models.CharField(max_length=64)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('shown_title', models.TextField()),
                ('shown_title_en', models.TextField()),
                ('shown_text', models.TextField()),
                ('title', models.TextField()),
                ('body', models.TextField()),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='otp_policy.publication')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('publication', 'file_id', 'part'), name='otp_search_public_part'), models.UniqueConstraint(condition=models.Q(('file_id__isnull', True)), fields=('publication', 'part'), name='otp_search_public_page')],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.CharField(max_length=64)),
                ('number', models.BigIntegerField(null=True)),
                ('title', models.TextField()),
                ('body', models.TextField()),
                ('autocomplete', models.TextField()),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('content_type', 'object_id'), name='otp_search_entry_object')],
            },
        ),
    ]
