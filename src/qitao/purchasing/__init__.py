"""Purchasing: suppliers, sources, purchase orders with dated part-quantities, receipts, requisitions."""
