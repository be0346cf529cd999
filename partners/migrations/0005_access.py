"""Sessions that know their person, what organizations ask of members, and operators who look in."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0004_organization_status'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessRules',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('requires_second_factor', models.BooleanField(default=False, verbose_name='a second factor is needed')),
                ('requires_single_sign_on', models.BooleanField(default=False, verbose_name='single sign-on is needed')),
                ('organization', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
            ],
            options={
                'verbose_name': 'access rules',
                'verbose_name_plural': 'access rules',
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('public_id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, unique=True)),
                ('started_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='signed in')),
                ('last_seen_at', models.DateTimeField(null=True, verbose_name='last seen')),
                ('browser', models.CharField(blank=True, max_length=20, verbose_name='browser')),
                ('system', models.CharField(blank=True, max_length=20, verbose_name='system')),
                ('ip_prefix', models.CharField(blank=True, max_length=64, verbose_name='network')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
            },
        ),
        migrations.CreateModel(
            name='Viewing',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField(verbose_name='member')),
                ('member_name', models.CharField(max_length=160, verbose_name='name of the member')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('started_at', models.DateTimeField(verbose_name='began')),
                ('expires_at', models.DateTimeField(verbose_name='ends at the latest')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='operator')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
            ],
            options={
                'verbose_name': 'view as a member',
                'verbose_name_plural': 'views as a member',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['expires_at'], name='viewing_under_way')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='viewing_has_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('started_at'))), name='viewing_ends_after_it_began')],
            },
        ),
        RunSqlFile(SQL / "access.sql"),
        # Django's own table of sessions, which this one replaces: people sign in once more after the upgrade.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
