"""Routes of payouts."""

from django.urls import URLPattern, URLResolver, path

from settlements.payouts import api
from settlements.payouts.pages import batches, gateways, holds, limits, payouts, unclaimed

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/holds/", holds.payout_holds, name="payout_holds"),
    path("payouts/holds/<uuid:hold_id>/lift/", holds.payout_hold_lift, name="payout_hold_lift"),
    path("payouts/limits/", limits.payout_limits, name="payout_limits"),
    path("payouts/limits/set/", limits.payout_limit_set, name="payout_limit_set"),
    path("payouts/unclaimed/", unclaimed.unclaimed, name="unclaimed"),
    path("payouts/unclaimed/rule/", unclaimed.unclaimed_rule_set, name="unclaimed_rule_set"),
    path("payouts/unclaimed/announce/", unclaimed.unclaimed_announce, name="unclaimed_announce"),
    path("payouts/unclaimed/<uuid:adjustment_id>/reclaim/", unclaimed.unclaimed_reclaim, name="unclaimed_reclaim"),
    path("payouts/batches/", batches.payout_batches, name="payout_batches"),
    path("payouts/batches/new/", batches.payout_batch_new, name="payout_batch_new"),
    path("payouts/batches/<uuid:batch_id>/", batches.payout_batch, name="payout_batch"),
    path("payouts/batches/<uuid:batch_id>/approve/", batches.payout_batch_approve, name="payout_batch_approve"),
    path("payouts/batches/<uuid:batch_id>/send/", batches.payout_batch_send, name="payout_batch_send"),
    path("payouts/batches/<uuid:batch_id>/cancel/", batches.payout_batch_cancel, name="payout_batch_cancel"),
    path("payouts/reports/<uuid:report_id>/decide/", payouts.payout_report_decide, name="payout_report_decide"),
    path("payouts/<uuid:payout_id>/", payouts.payout, name="payout"),
    path("payouts/<uuid:payout_id>/take-out/", payouts.payout_take_out, name="payout_take_out"),
    path("payouts/<uuid:payout_id>/report/", payouts.payout_report, name="payout_report"),
    path("gateways/<slug:gateway>/events/", gateways.gateway_events, name="gateway_events"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("payouts", api.PayoutsView.as_view(), name="payouts"),
    path("payouts/<uuid:payout_id>", api.PayoutView.as_view(), name="payout"),
    path("payouts/<uuid:payout_id>/outcome-reports", api.PayoutReportsView.as_view(), name="payout_reports"),
    path(
        "payout-outcome-reports/<uuid:report_id>/decisions",
        api.PayoutReportDecisionsView.as_view(),
        name="payout_report_decisions",
    ),
    path("payout-batches", api.PayoutBatchesView.as_view(), name="payout_batches"),
    path("payout-batches/<uuid:batch_id>", api.PayoutBatchView.as_view(), name="payout_batch"),
    path(
        "payout-batches/<uuid:batch_id>/approvals",
        api.PayoutBatchApprovalsView.as_view(),
        name="payout_batch_approvals",
    ),
    path("payout-batches/<uuid:batch_id>/sends", api.PayoutBatchSendsView.as_view(), name="payout_batch_sends"),
    path(
        "payout-batches/<uuid:batch_id>/cancellations",
        api.PayoutBatchCancellationsView.as_view(),
        name="payout_batch_cancellations",
    ),
    path("payout-limits", api.PayoutLimitsView.as_view(), name="payout_limits"),
    path("payout-limit-changes", api.PayoutLimitChangesView.as_view(), name="payout_limit_changes"),
    path("payout-holds", api.PayoutHoldsView.as_view(), name="payout_holds"),
    path("payout-holds/<uuid:hold_id>/lifts", api.PayoutHoldLiftsView.as_view(), name="payout_hold_lifts"),
]
