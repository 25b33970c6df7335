"""Pages. What everyone who adds one needs to know, by example.

**A page** is one function: parse, one call into an app, render.

    @page(permission="production.view")
    def work_order(request: HttpRequest, code: str) -> HttpResponse:
        return render(request, "work_orders/page.html", {"page": WorkOrderPage(...)})

It lives in `web/<area>/pages.py`, its address in `web/<area>/urls.py` (named `work-order`; `web/urls.py` lists the
areas), its templates in `web/templates/<area>/`. A view without `@page` fails `tests/web/test_permissions.py`. What it
shows is a documented dataclass. Pages read through `<app>.queries` and write through `<app>.actions`. The frame:

    {% extends "web/frame.html" %}{% load i18n qitao %}
    {% block title %}{{ page.order.code }}{% endblock %}
    {% block head %}<a class="btn btn-primary" href="…">{% translate "Release" %}</a>{% endblock %}
    {% block main %} … {% endblock %}

Its blocks: `title`, `crumbs`, `heading`, `eyebrow` (a chip beside it), `subtitle`, `head` (buttons), `main`, and
`body_class`: `floor` makes touch targets large, `station` larger still. A tile is `<section class="tile">` with a
`tile-head`; facts are `<dl class="facts">`; a number to act on is `<a class="stat">`. Codes may hold slashes: routes
say `<path:code>`, and `{{ order|page_of }}` is the address of a thing's page (`web/places.py`).

**A write** is a form with `{% command_id %}`; it works without JavaScript, and with htmx when it says so:

    <form method="post" action="{% url 'work-order-release' order.code %}" hx-post="{% url … %}" hx-swap="none">
      {% csrf_token %}{% command_id %} <button class="btn btn-primary">{% translate "Release" %}</button>
      <div data-refusal></div>                                  {# where a refusal is said; without it: a toast #}
    </form>

    @page(permission="production.release", methods=["POST"])
    def release(request: HttpRequest, code: str) -> HttpResponse:
        order = get_object_or_404(WorkOrder, code=code)
        actions.release(command_from(request), work_order_id=order.pk)
        return done(request, _("{code} is released.").format(code=code), to=page_of(order))

`done` answers a plain form with a redirect and a message, an htmx one with a toast (and, with `to`, a navigation);
`undo=` is the address that takes the action back. A `Refusal` needs no handling: the decorator turns it into a toast,
an inline message, a 4xx page or JSON, translated. Input is read with `Reading(request.POST)`:
`.quantity("quantity", title=_("Quantity"))`, `.day()`, `.text()`, `.choice()`, `.number()`.

**A list** is a `List` of columns and filters, shown with `show(request, LIST, queryset)`: sorting, filters, search,
paging, totals, column choice, selection with bulk buttons, CSV and Excel come with it. See `web/lists.py`, and
`items/pages.py` for a small one.

**A live region** fetches itself again from its own page when something happens that it names by kind or by subject:

    <section id="lines" data-live="picking. production.workorder:{{ order.pk }}"> … </section>

`id` is required: the page is asked for again, and the part with that id takes its place.

**A chart** is `<figure class="chart" data-chart="supply" data-source="chart-data"></figure>` with
`{{ page.chart|json_script:"chart-data" }}` and a table beside it that says the same; `frontend/charts.js` has the
kinds. **A toast** from JavaScript is `toast({text, tone: 'good'|'warn'|'bad', undo})` of `frontend/toasts.js`; from a
page it is `done`.

**Quantities, money, days**: `{{ line.quantity|quantity:line.item.unit }}`, `{{ cost|money:"CNY" }}`,
`{{ order.due_on|day }}`, `{{ fact.at|moment }}`, `{{ order.due_on|days_away }}`, `{% chip order "status" %}`,
`{% icon "search" %}`, `{{ item|named }}` (its name in the reader's language).

**A scan** arrives as the event `qitao:scan` on `document` (`event.detail.code`); who handles it calls
`event.preventDefault()` and pushes a promise on `event.detail.wait` while it is busy. What nobody takes is looked up at
`/scan/?code=`, and the browser goes there.
"""
