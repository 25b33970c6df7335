"""What is written here is never changed: the database itself refuses."""

from django.db import migrations

TABLES = ("journal_command", "journal_fact")

GUARD = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: correct it by a reversing entry', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, "DROP FUNCTION journal_refuse_change() CASCADE;"),
        *(migrations.RunSQL(trigger(table), migrations.RunSQL.noop) for table in TABLES),
    ]
