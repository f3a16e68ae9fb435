import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from core.journal.sql import journaled

class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("core", "0003_taken_back"),
        ("customers", "0008_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LeavingReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='place')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'reason for leaving',
                'verbose_name_plural': 'reasons for leaving',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('website', models.URLField(blank=True, max_length=300, verbose_name='website')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'competitor',
                'verbose_name_plural': 'competitors',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='competitor_once', violation_error_message='There is a competitor with this name already.')],
            },
        ),
        migrations.CreateModel(
            name='Departure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('source', models.CharField(choices=[('card', 'On the card'), ('touch', 'In a conversation'), ('win_back', "The customer's own answer to a win-back message"), ('nps', "The customer's own answer to a survey")], max_length=10, verbose_name='told')),
                ('returned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='came back')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('competitor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departures', to='market.competitor', verbose_name='competitor')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='departures', to='customers.customer')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departures', to='market.leavingreason', verbose_name='reason')),
            ],
            options={
                'verbose_name': 'departure',
                'verbose_name_plural': 'departures',
                'indexes': [models.Index(fields=['at'], name='departure_at')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('returned_on', None)), fields=('customer',), name='one_open_departure', violation_error_message='It is written down already that the customer left.')],
            },
        ),
        journaled("market_competitor", customer="", mode="settings"),
        journaled("market_leavingreason", customer="", mode="settings"),
        journaled("market_departure"),
    ]
