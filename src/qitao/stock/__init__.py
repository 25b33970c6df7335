"""Stock: locations, lots, the double-entry ledger of moves, balances, reservations, counts."""
