"""The transaction that wrote a move: what the chain of seals goes by."""

from django.db import migrations

FORWARD = """
ALTER TABLE stock_move ADD COLUMN written_in bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX stock_move_written_in ON stock_move (written_in, id);
"""
BACK = "ALTER TABLE stock_move DROP COLUMN written_in"


class Migration(migrations.Migration):
    dependencies = [("stock", "0005_stock_documents")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
