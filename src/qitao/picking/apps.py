from django.apps import AppConfig


class PickingConfig(AppConfig):
    name = "qitao.picking"
    default_auto_field = "django.db.models.BigAutoField"
