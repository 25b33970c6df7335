"""The sequences that document numbers are drawn from."""

from django.db import migrations

SEQUENCES = (
    "case",
    "pick_list",
    "transfer",
    "count",
    "receipt",
    "requisition",
    "work_order",
    "purchase_order",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            f"CREATE SEQUENCE journal_number_{name};",
            f"DROP SEQUENCE journal_number_{name};",
        )
        for name in SEQUENCES
    ]
