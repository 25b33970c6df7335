"""The sequence that numbers the documents of the stores."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE journal_number_stock_document START 1"
BACK = "DROP SEQUENCE journal_number_stock_document"


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_shipment_number")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
