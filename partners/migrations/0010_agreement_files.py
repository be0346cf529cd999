"""Files of agreements, signed copies, reminders."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"
SEAT = ("partners_agreementparty", ["agreement_id", "organization_id"])


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0009_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementFile',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='uploaded')),
            ],
            options={
                'verbose_name': 'file of an agreement',
                'verbose_name_plural': 'files of agreements',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('subject_id', models.UUIDField(verbose_name='of')),
                ('on', models.DateField(verbose_name='for the day')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days')),
                ('sent_at', models.DateTimeField(verbose_name='sent')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SignedCopy',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'signed copy',
                'verbose_name_plural': 'signed copies',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('id', 'host'), name='agreement_id_host'),
        ),
        migrations.AddField(
            model_name='agreementfile',
            name='agreement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='agreementfile',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='termsversion',
            name='attached',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreementfile', verbose_name='attached file'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='signedcopy',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='signedcopy',
            name='host',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host'),
        ),
        migrations.AddField(
            model_name='signedcopy',
            name='version',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signed_copy', to='partners.termsversion', verbose_name='version'),
        ),
        migrations.AddIndex(
            model_name='agreementfile',
            index=models.Index(condition=models.Q(('agreement__isnull', True)), fields=['created_at'], name='agreement_file_loose'),
        ),
        migrations.AddConstraint(
            model_name='agreementfile',
            constraint=models.UniqueConstraint(fields=('stored_as',), name='partners_agreementfile_file_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementfile',
            constraint=models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='partners_agreementfile_file_kind'),
        ),
        migrations.AddConstraint(
            model_name='agreementfile',
            constraint=models.UniqueConstraint(fields=('id', 'agreement'), name='agreement_file_id_agreement'),
        ),
        migrations.AddConstraint(
            model_name='agreementfile',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='agreement_file_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('organization', 'kind', 'subject_id', 'on', 'days'), name='reminded_once'),
        ),
        migrations.AddConstraint(
            model_name='signedcopy',
            constraint=models.UniqueConstraint(fields=('stored_as',), name='partners_signedcopy_file_once'),
        ),
        migrations.AddConstraint(
            model_name='signedcopy',
            constraint=models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='partners_signedcopy_file_kind'),
        ),
        RunSqlFile(SQL / "agreement_files.sql"),
        CompositeForeignKey("partners_agreementfile", ["agreement_id", "organization_id"], *SEAT),
        CompositeForeignKey(
            "partners_termsversion", ["attached_id", "agreement_id"], "partners_agreementfile", ["id", "agreement_id"]
        ),
        CompositeForeignKey(
            "partners_signedcopy", ["version_id", "agreement_id"], "partners_termsversion", ["id", "agreement_id"]
        ),
        CompositeForeignKey("partners_signedcopy", ["agreement_id", "host_id"], "partners_agreement", ["id", "host_id"]),
        CompositeForeignKey("partners_reminder", ["agreement_id", "organization_id"], *SEAT),
    ]
