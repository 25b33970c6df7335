"""Picking: pick lists routed by bin, picks confirmed by scan, short picks."""
