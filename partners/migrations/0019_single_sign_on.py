"""Domains, identity providers, and how providers name members."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0018_draft_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=500, verbose_name='issuer')),
                ('client_id', models.CharField(max_length=255, verbose_name='client id')),
                ('sealed_secret', models.TextField(editable=False)),
                ('creates_members', models.BooleanField(default=True, verbose_name='takes in people without an invitation, as viewers')),
                ('changed_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='changed')),
                ('enabled_at', models.DateTimeField(blank=True, null=True, verbose_name='enabled')),
            ],
            options={
                'verbose_name': 'identity provider',
                'verbose_name_plural': 'identity providers',
            },
        ),
        migrations.CreateModel(
            name='MailDomain',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=253, verbose_name='domain')),
                ('token', models.CharField(editable=False, max_length=64)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='added')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified')),
            ],
            options={
                'verbose_name': 'domain',
                'verbose_name_plural': 'domains',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ProviderIdentity',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=255, verbose_name='subject')),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='first sign-in')),
            ],
            options={
                'verbose_name': 'identity at the provider',
                'verbose_name_plural': 'identities at the provider',
            },
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='member_id_organization'),
        ),
        migrations.AddField(
            model_name='identityprovider',
            name='organization',
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='maildomain',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='provideridentity',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.member', verbose_name='member'),
        ),
        migrations.AddField(
            model_name='provideridentity',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='provideridentity',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='partners.identityprovider', verbose_name='identity provider'),
        ),
        migrations.AddConstraint(
            model_name='identityprovider',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='identity_provider_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='maildomain',
            constraint=models.UniqueConstraint(fields=('organization', 'name'), name='domain_once_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='maildomain',
            constraint=models.UniqueConstraint(condition=models.Q(('verified_at__isnull', False)), fields=('name',), name='domain_verified_once'),
        ),
        migrations.AddConstraint(
            model_name='provideridentity',
            constraint=models.UniqueConstraint(fields=('provider', 'subject'), name='identity_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='provideridentity',
            constraint=models.UniqueConstraint(fields=('provider', 'member'), name='identity_once_per_member'),
        ),
        CompositeForeignKey("partners_provideridentity", ["member_id", "organization_id"], "partners_member", ["id", "organization_id"]),
        CompositeForeignKey(
            "partners_provideridentity", ["provider_id", "organization_id"], "partners_identityprovider", ["id", "organization_id"]
        ),
        RunSqlFile(SQL / "single_sign_on.sql"),
    ]
