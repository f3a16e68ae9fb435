from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("customers", "0002_journal"),
    ]

    operations = [
        journaled("customers_customer", customer="id"),
        journaled("customers_externalref"),
        journaled("customers_contactpoint"),
        journaled("customers_contactperson"),
        journaled("customers_address"),
        journaled("customers_consent"),
        journaled("customers_customertag"),
        journaled("customers_order"),
        journaled("customers_obligation"),
        journaled("customers_product", customer=""),
        journaled("customers_productcategory", customer=""),
        journaled("customers_orderline", customer="", mode="set"),
        journaled("customers_timelineevent", mode="set"),
        journaled("customers_customfield", customer="", mode="settings"),
        journaled("customers_tag", customer="", mode="settings"),
        journaled("customers_accesslimit", customer="", mode="settings"),
        journaled("customers_duplicatepolicy", customer="", mode="settings"),
        journaled("customers_consenttext", customer="", mode="settings"),
    ]
