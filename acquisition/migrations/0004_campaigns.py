import core.money
import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_journal'),
        ('acquisition', '0003_inquiries'),
        ('customers', '0008_visits'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttributionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(choices=[('order', 'By the order'), ('inquiry', 'By the inquiry'), ('first_touch', 'First touch'), ('last_touch', 'Last touch')], default='order', max_length=11, verbose_name='model')),
                ('lookback_days', models.PositiveSmallIntegerField(default=90, verbose_name='days to look back')),
            ],
            options={
                'verbose_name': 'rule of attribution',
                'verbose_name_plural': 'rules of attribution',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='begins')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ChannelWorth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('customers', models.IntegerField()),
                ('realised', core.money.MoneyField()),
                ('predicted_12', core.money.MoneyField()),
                ('predicted_36', core.money.MoneyField()),
            ],
        ),
        migrations.CreateModel(
            name='CustomerAttribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(choices=[('order', 'By the order'), ('inquiry', 'By the inquiry'), ('first_touch', 'First touch'), ('last_touch', 'Last touch')], max_length=11)),
                ('told_code', models.CharField(blank=True, max_length=101, verbose_name='channel as told')),
            ],
        ),
        migrations.CreateModel(
            name='RetentionSpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('kind', models.CharField(choices=[('salaries', 'Salaries of farmers'), ('tools', 'Tools'), ('other', 'Other costs')], max_length=12, verbose_name='kind')),
                ('amount', core.money.MoneyField(verbose_name='amount')),
            ],
            options={
                'verbose_name': 'spend on retention',
                'verbose_name_plural': 'spend on retention',
            },
        ),
        migrations.RemoveConstraint(
            model_name='spend',
            name='spend_once',
        ),
        migrations.AddField(
            model_name='spend',
            name='day',
            field=models.DateField(blank=True, help_text='Empty: the whole month.', null=True, verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='acquisition',
            name='told_code',
            field=models.CharField(blank=True, max_length=101, verbose_name='channel as told'),
        ),
        migrations.AddConstraint(
            model_name='attributionrule',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_rule_of_attribution'),
        ),
        migrations.AddConstraint(
            model_name='attributionrule',
            constraint=models.CheckConstraint(condition=models.Q(('lookback_days__gte', 1), ('lookback_days__lte', 365)), name='lookback_is_within_a_year'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='channel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='acquisition.channel', verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='acquisition',
            name='campaign',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='acquisitions', to='acquisition.campaign'),
        ),
        migrations.AddField(
            model_name='monthwon',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='acquisition.campaign'),
        ),
        migrations.AddField(
            model_name='spend',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spend', to='acquisition.campaign', verbose_name='campaign'),
        ),
        migrations.AddIndex(
            model_name='acquisition',
            index=models.Index(condition=models.Q(('campaign', None), _negated=True), fields=['campaign'], name='acquisition_by_campaign'),
        ),
        migrations.AddIndex(
            model_name='acquisition',
            index=models.Index(condition=models.Q(('campaign', None), ('told_code__contains', '/')), fields=['told_code'], name='acquisition_no_campaign'),
        ),
        migrations.AddConstraint(
            model_name='spend',
            constraint=models.UniqueConstraint(models.F('channel'), models.F('month'), models.F('kind'), django.db.models.functions.comparison.Coalesce('campaign', models.Value(0)), django.db.models.functions.comparison.Coalesce('day', models.Value(datetime.date(1, 1, 1))), name='spend_once', violation_error_message='This spend is already entered; change that row.'),
        ),
        migrations.AddConstraint(
            model_name='spend',
            constraint=models.CheckConstraint(condition=models.Q(('day', None), models.Q(('day__month', django.db.models.functions.datetime.ExtractMonth('month')), ('day__year', django.db.models.functions.datetime.ExtractYear('month'))), _connector='OR'), name='spend_day_is_of_its_month', violation_error_message='The day is not of this month.'),
        ),
        migrations.AddField(
            model_name='channelworth',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='acquisition.campaign'),
        ),
        migrations.AddField(
            model_name='channelworth',
            name='channel',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='acquisition.channel'),
        ),
        migrations.AddField(
            model_name='customerattribution',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attributions', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='retentionspend',
            constraint=models.UniqueConstraint(fields=('month', 'kind'), name='retention_spend_once', violation_error_message='This spend is already entered; change that row.'),
        ),
        migrations.AddConstraint(
            model_name='retentionspend',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='retention_spend_is_not_negative', violation_error_message='Spend cannot be negative.'),
        ),
        migrations.AddConstraint(
            model_name='retentionspend',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='retention_month_is_first_day', violation_error_message='A month is given as its first day.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('channel', 'code'), name='campaign_once', violation_error_message='The channel has a campaign with this code.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('code', django.db.models.functions.text.Lower('code'))), name='campaign_code_is_lower_case', violation_error_message='The code of a campaign is written in lower case.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='campaign_ends_after_it_begins', violation_error_message='A campaign cannot end before it begins.'),
        ),
        migrations.AddIndex(
            model_name='channelworth',
            index=models.Index(fields=['month'], name='channel_worth_month'),
        ),
        migrations.AddConstraint(
            model_name='customerattribution',
            constraint=models.UniqueConstraint(fields=('customer', 'model'), name='attribution_once'),
        ),
        journaled("acquisition_campaign", customer="", mode="settings"),
        journaled("acquisition_attributionrule", customer="", mode="settings"),
        journaled("acquisition_retentionspend", customer=""),
    ]
