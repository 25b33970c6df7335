"""Sales: customers and their orders – the demand."""
