"""Exchange: whole factories in and out – readers, the neutral dataset, the loader, the exporter."""
