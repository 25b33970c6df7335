"""The kernel: the few words that every part of Qitao shares. No Django, no I/O."""
