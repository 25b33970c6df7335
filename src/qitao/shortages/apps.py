from django.apps import AppConfig


class ShortagesConfig(AppConfig):
    name = "qitao.shortages"
    default_auto_field = "django.db.models.BigAutoField"
