"""The sequence that numbers the sales orders written here."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE journal_number_sales_order START 1"
BACK = "DROP SEQUENCE journal_number_sales_order"


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_numbers")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
