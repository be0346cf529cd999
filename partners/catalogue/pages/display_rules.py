"""Who may show what: the organization's rules, one by one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.display_forms import DisplayRuleForm, rule_initial
from partners.catalogue.domain.display import Effect
from partners.catalogue.listing import own_items
from partners.catalogue.models import DisplayRule
from partners.catalogue.pages.items import own_alliances
from partners.catalogue.services.add_display_rule import add_display_rule
from partners.catalogue.services.change_display_rule import change_display_rule
from partners.catalogue.services.remove_display_rule import remove_display_rule
from partners.catalogue.showing import known_partners
from partners.catalogue.tables import DisplayRuleTable
from partners.portal.submission import is_done, status_of


@require_safe
@member_view(Permission.ITEM_READ)
def display_rules(request: MemberRequest) -> HttpResponse:
    """The rules, newest first."""
    rows = DisplayRule.objects.select_related("partner", "alliance", "item", "category").order_by("-id")
    table = DisplayRuleTable(rows)
    table.now, table.may_write = utc_now(), request.actor.can(Permission.ITEM_WRITE)
    paged(request, table)
    context = {"table": table, "is_empty": not table.page.object_list, "may_write": table.may_write}
    return render(request, "catalogue/display_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def display_rule_new(request: MemberRequest) -> HttpResponse:
    """A new rule; `?item=` begins with an item's code."""
    initial: dict[str, object] = {"effect": Effect.DENY.value, "item_id": request.GET.get("item", "")[:80]}
    form = _form(request, initial)
    if request.method == "POST" and is_done(
        form, lambda: add_display_rule(actor=request.actor, wanted=form.wanted(), now=utc_now())
    ):
        messages.success(request, _("The rule is saved."))
        return redirect("portal:display_rules")
    return render(request, "catalogue/display_rule.html", {"form": form, "rule": None}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def display_rule(request: MemberRequest, display_rule_id: UUID) -> HttpResponse:
    """One rule, to be changed."""
    rule = DisplayRule.objects.select_related("item", "category").filter(pk=display_rule_id).first()
    if rule is None:
        raise NotFoundError
    zone = request.organization.time_zone
    form = _form(request, rule_initial(rule.said(), item_code=rule.item.code if rule.item else "", zone=zone))
    if request.method == "POST" and is_done(
        form,
        lambda: change_display_rule(
            actor=request.actor, display_rule_id=display_rule_id, wanted=form.wanted(), now=utc_now()
        ),
    ):
        messages.success(request, _("The rule is saved."))
        return redirect("portal:display_rules")
    return render(request, "catalogue/display_rule.html", {"form": form, "rule": rule}, status=status_of(form))


@require_POST
@member_view(Permission.ITEM_WRITE)
def display_rule_remove(request: MemberRequest, display_rule_id: UUID) -> HttpResponse:
    """Take a rule away."""
    remove_display_rule(actor=request.actor, display_rule_id=display_rule_id, now=utc_now())
    messages.success(request, _("The rule is removed. It no longer holds."))
    return redirect("portal:display_rules")


def _form(request: MemberRequest, initial: dict[str, object]) -> DisplayRuleForm:
    return DisplayRuleForm(
        request.POST or None,
        initial=initial,
        tree=CategoryTree.read(),
        partners=known_partners(),
        alliances=own_alliances(),
        find_item=lambda code: own_items().filter(code=code).values_list("pk", flat=True).first(),
        zone=request.organization.time_zone,
    )
