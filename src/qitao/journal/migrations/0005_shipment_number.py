"""The sequence that numbers the shipments to customers."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE journal_number_shipment START 1"
BACK = "DROP SEQUENCE journal_number_shipment"


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_sales_order_number")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
