"""What a page says that is neither in the reader's language nor data of the plant."""

from __future__ import annotations

import html
import re

from django.apps import apps
from django.db import models

# codes, keys, units and proper names that stay as they are in every language
KEYS = ("Ctrl", "Enter", "Esc", "Shift")
NAMES = ("ABC", "CSV", "English", "Excel", "InvenTree", "MSL", "QR", "Qitao", "XYZ", "ktg", "mes")
SAME = frozenset((*KEYS, *NAMES, "ms"))
LANGUAGES = ("简体中文", "繁體中文")
LATIN = re.compile(r"(?<!\{)\b[A-Za-z][A-Za-z']+\b(?!\})")
HAN = re.compile(r"[\u3400-\u9fff]+")
SILENT = re.compile(r"<!--.*?-->|<(script|style|svg|code|pre)\b.*?</\1>", re.DOTALL)
FILES = re.compile(r"[\w.]*\.(?:csv|zip)\b|qitao \w+ FOLDER")
SPOKEN = re.compile(r'\s(?:title|aria-label|placeholder|alt|data-(?!live|target)[\w-]+)="([^"]*)"')
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[\u3400-\u9fff]")


def data() -> str:
    """Return every text that people of the plant have written: names, codes, remarks."""
    texts = []
    for model in apps.get_models():
        if not model.__module__.startswith("qitao."):
            continue
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]
        if fields:
            texts += [" ".join(map(str, row)) for row in model._default_manager.values_list(*fields)]
    return "\n".join(texts)


def said(page: str) -> list[str]:
    """Return what a page of HTML says, line by line: its texts, and the attributes that are read or spoken."""
    plain = SILENT.sub(" ", page)
    spoken = [text for text in SPOKEN.findall(plain) if SENTENCE.search(text)]
    lines = html.unescape("\n".join([re.sub(r"<[^>]*>", "\n", plain), *spoken])).splitlines()
    return [line.strip() for line in lines if line.strip()]


def foreign(lines: list[str], language: str, written: str) -> list[str]:
    """List the lines that hold words of another language than `language`, and than what is `written` in the plant.

    >>> foreign(["库存 120 kg", "On hand"], "zh-hans", "kg")
    ['On hand']
    >>> foreign(["On hand", "库存", "螺栓 M4"], "en", "螺栓 M4")
    ['库存']
    """
    if language == "en":
        own = (*LANGUAGES, written)
        return [line for line in lines if any(not any(run in text for text in own) for run in HAN.findall(line))]
    words = set(LATIN.findall(written)) | SAME
    plain = ((line, LATIN.findall(FILES.sub(" ", line))) for line in lines)
    return [line for line, found in plain if any(word not in words and not word.isupper() for word in found)]
