"""Commands, refusals and changes of records as one list."""

from django.db import migrations, models

VIEW = """
CREATE VIEW journal_entry AS
SELECT 'c' || number AS key, 'command' AS kind, at, actor_id, source, action, '' AS reason, id AS command_id,
       NULL::text AS subject, NULL::bigint AS subject_id, NULL::jsonb AS data
FROM journal_command
UNION ALL
SELECT 'r' || id, 'refusal', at, actor_id, source, action, reason, command_id,
       NULL, NULL, jsonb_build_object('said', said, 'facts', facts, 'arguments', arguments)
FROM journal_refusal
UNION ALL
SELECT 'f' || fact.id, 'change', fact.at, fact.actor_id, coalesce(command.source, ''), fact.kind, '', fact.command_id,
       fact.subject, fact.subject_id, fact.data
FROM journal_fact AS fact LEFT JOIN journal_command AS command ON command.id = fact.command_id
WHERE fact.data ? 'changed'
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0009_written_in")]
    operations = [
        migrations.RunSQL(
            VIEW,
            "DROP VIEW journal_entry",
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[("key", models.CharField(max_length=24, primary_key=True, serialize=False))],
                    options={"db_table": "journal_entry", "managed": False},
                )
            ],
        )
    ]
