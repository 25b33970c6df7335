"""Writing a checked dataset: master data, documents, opening balances, in that order."""
