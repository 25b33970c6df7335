from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "qitao.catalog"
    default_auto_field = "django.db.models.BigAutoField"
