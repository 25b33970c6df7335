"""The journal: every command once, every fact for ever, and who must hear of it."""
