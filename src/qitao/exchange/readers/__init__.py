"""Readers: one for each kind of source, from its files to the neutral dataset."""
