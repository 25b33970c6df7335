"""Pages travel compressed – a board of a hundred and fifty work orders is a tenth of its size – streams do not."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Django's gzip (random padding against BREACH included), which leaves live updates alone: they go out at once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a whole response; pass a stream through."""
        return response if response.streaming else super().process_response(request, response)
