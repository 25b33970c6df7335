"""Live updates: what one does, the others see."""
