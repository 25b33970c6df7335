from django.urls import path

from qitao.web.stores import documents, history, pages, writing

urlpatterns = [
    path("bins/<int:number>/", pages.location, name="location"),
    path("lots/<int:number>/", pages.lot, name="lot"),
    path("stock/card/", history.stock_card, name="stock-card"),
    path("stock/at/", history.stock_as_of, name="stock-as-of"),
    path("stock/expiring/", history.expiring, name="expiring"),
    path("stock/documents/", documents.document_list, name="stock-documents"),
    path("stock/documents/new/", writing.start, name="stock-document-start"),
    path("stock/documents/new/<slug:kind>/", writing.new, name="stock-document-new"),
    path("stock/documents/<path:code>/reverse/", documents.reverse_document, name="stock-document-reverse"),
    path("stock/documents/<path:code>/", documents.document, name="stock-document"),
]
