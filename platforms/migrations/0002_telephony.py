from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("platforms", "0001_connections"),
    ]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="platform",
            field=models.CharField(
                choices=[
                    ("woocommerce", "WooCommerce"),
                    ("shopify", "Shopify"),
                    ("insales", "InSales"),
                    ("retailcrm", "RetailCRM"),
                    ("amocrm", "amoCRM"),
                    ("bitrix24", "Bitrix24"),
                    ("commerceml", "1C (CommerceML)"),
                    ("mango", "Mango Office"),
                    ("uis", "UIS / CoMagic"),
                    ("twilio", "Twilio"),
                    ("telephony", "Another telephony"),
                ],
                max_length=20,
                verbose_name="platform",
            ),
        ),
    ]
