"""The sequence that numbers the waves."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE journal_number_wave START 1"
BACK = "DROP SEQUENCE journal_number_wave"


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_stock_document_number")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
