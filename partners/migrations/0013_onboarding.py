"""Companies apply to the host of an alliance: pages, applications, documents, bank accounts, reviews."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import partners.onboarding.models.pages
from django.conf import settings
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0012_host_applications'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicationIntent',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'intent to apply',
                'verbose_name_plural': 'intents to apply',
            },
        ),
        migrations.CreateModel(
            name='ApplicationPage',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=60, unique=True, verbose_name='address')),
                ('display_name', models.CharField(max_length=160, verbose_name='name on the page')),
                ('accent_colour', models.CharField(default='#1c5fb0', max_length=7, verbose_name='accent colour')),
                ('introduction_en', models.TextField(blank=True, max_length=3000, verbose_name='introduction in English')),
                ('introduction_zh', models.TextField(blank=True, max_length=3000, verbose_name='introduction in Chinese')),
                ('industries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='industries that are welcome')),
                ('required_documents', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=partners.onboarding.models.pages.required_at_first, size=None, verbose_name='required documents')),
                ('eligibility', models.JSONField(blank=True, default=dict, verbose_name='rules')),
                ('reapply_days', models.PositiveSmallIntegerField(default=90, verbose_name='days until a new application')),
                ('is_open', models.BooleanField(default=False, verbose_name='open')),
                ('changed_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='changed')),
                ('alliance', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='application_page', to='partners.alliance', verbose_name='alliance')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host')),
            ],
            options={
                'verbose_name': 'application page',
                'verbose_name_plural': 'application pages',
            },
        ),
        migrations.CreateModel(
            name='ApplicationPageLogo',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='logo', to='partners.applicationpage')),
            ],
            options={
                'verbose_name': 'logo',
                'verbose_name_plural': 'logos',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('iban', 'IBAN (Europe and other countries)'), ('cn_company', 'Chinese company account'), ('cn_card', 'Chinese bank card')], max_length=12, verbose_name='kind')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('holder_name', models.CharField(max_length=160, verbose_name='account holder')),
                ('bank_name', models.CharField(blank=True, max_length=160, verbose_name='bank')),
                ('branch', models.CharField(blank=True, max_length=160, verbose_name='branch')),
                ('cnaps', models.CharField(blank=True, max_length=12, verbose_name='CNAPS code')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('sealed_number', models.TextField(editable=False)),
                ('masked', models.CharField(editable=False, max_length=16, verbose_name='number')),
                ('fingerprints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), editable=False, size=None)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='entered')),
                ('created_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('effective_at', models.DateTimeField(verbose_name='in effect from')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
            ],
            options={
                'verbose_name': 'bank account',
                'verbose_name_plural': 'bank accounts',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerApplication',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('alliance_name', models.CharField(max_length=160, verbose_name='alliance')),
                ('host_name', models.CharField(max_length=160, verbose_name='host')),
                ('status', models.CharField(choices=[('draft', 'Being filled in'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('changes_requested', 'Changes requested'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='draft', max_length=20, verbose_name='status')),
                ('name', models.CharField(max_length=160, verbose_name='company')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('industry', models.CharField(blank=True, max_length=40, verbose_name='industry')),
                ('company', models.JSONField(default=dict, verbose_name='company')),
                ('audience', models.JSONField(default=dict, verbose_name='audience')),
                ('contacts', models.JSONField(default=dict, verbose_name='contacts')),
                ('bank_details', models.JSONField(default=dict, verbose_name='bank account')),
                ('tax_keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, editable=False, size=None)),
                ('web_domain', models.CharField(blank=True, editable=False, max_length=253)),
                ('applicant_email', models.EmailField(blank=True, max_length=254, verbose_name='proven e-mail of who submitted')),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='begun')),
                ('saved_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='last saved')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='first submitted')),
                ('last_submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted')),
                ('requested_changes', models.JSONField(default=dict, verbose_name='requested changes')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.CharField(blank=True, max_length=1000, verbose_name='reason')),
                ('reapply_on', models.DateField(blank=True, null=True, verbose_name='may apply again from')),
                ('alliance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('bank_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.bankaccount', verbose_name='bank account')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='applicant')),
            ],
            options={
                'verbose_name': 'partner application',
                'verbose_name_plural': 'partner applications',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='OperatorNote',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(max_length=2000, verbose_name='note')),
                ('written_by', models.CharField(max_length=160, verbose_name='by')),
                ('written_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='when')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='operator_notes', to='partners.partnerapplication')),
            ],
            options={
                'verbose_name': "operator's note",
                'verbose_name_plural': "operators' notes",
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ApplicationDocument',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('kind', models.CharField(choices=[('business_licence', 'Business licence'), ('bank_proof', 'Proof of the bank account'), ('tax_certificate', 'Tax certificate'), ('other', 'Another document')], max_length=24, verbose_name='what it proves')),
                ('uploaded_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='uploaded')),
                ('uploaded_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer valid since')),
                ('host', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='applicant')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='partners.partnerapplication', verbose_name='application')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReviewNote',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(max_length=2000, verbose_name='note')),
                ('written_by', models.CharField(max_length=160, verbose_name='by')),
                ('written_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='when')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='partners.partnerapplication')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReviewTick',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item', models.CharField(choices=[('company_exists', 'The company exists under this name and number'), ('licence_matches', 'The business licence matches the answers'), ('bank_matches', 'The account holder is the company, and the bank proof shows it'), ('website_fits', 'The website belongs to the company and fits the brand'), ('audience_fits', 'The audience fits the alliance'), ('contact_reached', 'The contact has been reached')], max_length=20, verbose_name='item')),
                ('ticked_by', models.CharField(max_length=160, verbose_name='by')),
                ('ticked_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='when')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='partners.partnerapplication')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host')),
            ],
            options={
                'verbose_name': 'tick',
                'verbose_name_plural': 'ticks',
            },
        ),
        migrations.AddConstraint(
            model_name='applicationpage',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='application_page_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='applicationpage',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', '^[a-z0-9]+(-[a-z0-9]+)*$')), name='application_page_slug'),
        ),
        migrations.AddConstraint(
            model_name='applicationpage',
            constraint=models.CheckConstraint(condition=models.Q(('accent_colour__regex', '^#[0-9a-f]{6}$')), name='application_page_colour_is_hex'),
        ),
        migrations.AddConstraint(
            model_name='applicationpagelogo',
            constraint=models.UniqueConstraint(fields=('stored_as',), name='partners_applicationpagelogo_file_once'),
        ),
        migrations.AddConstraint(
            model_name='applicationpagelogo',
            constraint=models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='partners_applicationpagelogo_file_kind'),
        ),
        migrations.AddIndex(
            model_name='bankaccount',
            index=django.contrib.postgres.indexes.GinIndex(fields=['fingerprints'], name='bank_account_fingerprints'),
        ),
        migrations.AddIndex(
            model_name='bankaccount',
            index=models.Index(fields=['organization', '-effective_at'], name='bank_account_in_effect'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='bank_account_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['iban', 'cn_company', 'cn_card'])), name='bank_account_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.CheckConstraint(condition=models.Q(('sealed_number__startswith', 'sealed1.')), name='bank_account_number_sealed'),
        ),
        migrations.AddIndex(
            model_name='partnerapplication',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tax_keys'], name='application_tax_keys'),
        ),
        migrations.AddIndex(
            model_name='partnerapplication',
            index=models.Index(condition=models.Q(('web_domain', ''), _negated=True), fields=['web_domain'], name='application_web_domain'),
        ),
        migrations.AddIndex(
            model_name='partnerapplication',
            index=models.Index(fields=['host', 'status', '-id'], name='application_queue'),
        ),
        migrations.AddIndex(
            model_name='partnerapplication',
            index=models.Index(fields=['organization', '-id'], name='application_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='application_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.UniqueConstraint(fields=('id', 'host'), name='application_id_host'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['changes_requested', 'draft', 'in_review', 'submitted'])), fields=('organization', 'alliance'), name='application_open_once_per_alliance'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'in_review', 'changes_requested', 'approved', 'rejected', 'withdrawn'])), name='partner_application_status_known'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['draft', 'withdrawn']), ('submitted_at__isnull', True)), models.Q(('bank_account__isnull', False), ('last_submitted_at__isnull', False), ('submitted_at__isnull', False), models.Q(('status', 'draft'), _negated=True), models.Q(('company', {}), _negated=True), models.Q(('audience', {}), _negated=True), models.Q(('contacts', {}), _negated=True)), _connector='OR'), name='application_submitted_complete'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('status__in', ['approved', 'rejected'])), models.Q(('decided_at__isnull', True), models.Q(('status__in', ['approved', 'rejected']), _negated=True)), _connector='OR'), name='application_decided_has_instant'),
        ),
        migrations.AddConstraint(
            model_name='partnerapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='application_rejected_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='applicationdocument',
            constraint=models.UniqueConstraint(fields=('stored_as',), name='partners_applicationdocument_file_once'),
        ),
        migrations.AddConstraint(
            model_name='applicationdocument',
            constraint=models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='partners_applicationdocument_file_kind'),
        ),
        migrations.AddConstraint(
            model_name='applicationdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['business_licence', 'bank_proof', 'tax_certificate', 'other'])), name='document_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='reviewtick',
            constraint=models.UniqueConstraint(fields=('application', 'item'), name='review_item_ticked_once'),
        ),
        migrations.AddConstraint(
            model_name='reviewtick',
            constraint=models.CheckConstraint(condition=models.Q(('item__in', ['company_exists', 'licence_matches', 'bank_matches', 'website_fits', 'audience_fits', 'contact_reached'])), name='review_item_known'),
        ),
        RunSqlFile(SQL / "onboarding.sql"),
        CompositeForeignKey("partners_applicationpage", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey(
            "partners_applicationpagelogo", ["page_id", "organization_id"], "partners_applicationpage", ["id", "organization_id"]
        ),
        CompositeForeignKey("partners_partnerapplication", ["alliance_id", "host_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey(
            "partners_partnerapplication", ["bank_account_id", "organization_id"], "partners_bankaccount", ["id", "organization_id"]
        ),
        CompositeForeignKey(
            "partners_applicationdocument", ["application_id", "organization_id"], "partners_partnerapplication", ["id", "organization_id"]
        ),
        CompositeForeignKey("partners_applicationdocument", ["application_id", "host_id"], "partners_partnerapplication", ["id", "host_id"]),
        CompositeForeignKey("partners_reviewtick", ["application_id", "organization_id"], "partners_partnerapplication", ["id", "host_id"]),
        CompositeForeignKey("partners_reviewnote", ["application_id", "organization_id"], "partners_partnerapplication", ["id", "host_id"]),
    ]
