"""Production: work orders, their requirements, and how far they are."""
