"""Planning: plan runs – a snapshot, the engine's answer, and what everyone reads from it."""
