"""The sequence that numbers what one work order borrows from another."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE journal_number_borrowing START 1"
BACK = "DROP SEQUENCE journal_number_borrowing"


class Migration(migrations.Migration):
    dependencies = [("journal", "0010_entries")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
