"""The project as a Django app, so that its background tasks and checks are found."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Settings, health pages and background upkeep."""

    name = "qitao.project"
    label = "project"

    def ready(self) -> None:
        """Connect facts with their reactions."""
        from qitao.project import wiring

        wiring.connect()
