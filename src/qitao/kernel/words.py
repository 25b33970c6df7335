"""Marks text for translation where no translator may be imported."""


def gettext_noop(message: str) -> str:
    """Return `message` unchanged; the extractor finds it, the web layer translates it when shown."""
    return message
