"""What partners' actions in the audit trail mean, and where its objects have their pages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words

_AGREEMENTS: Final = {
    "agreement.accepted": _("Signed a version of an agreement"),
    "agreement.copy_made": _("Made a copy of a signed agreement"),
    "agreement.ended": _("Noted that an agreement is over"),
    "agreement.ending_cause": _("Ended an agreement for cause"),
    "agreement.ending_declined": _("Declined to end an agreement"),
    "agreement.ending_expiry": _("Noted that an agreement expires"),
    "agreement.ending_lapsed": _("Noted that an ending has lapsed"),
    "agreement.ending_mutual": _("Proposed to end an agreement by consent"),
    "agreement.ending_notice": _("Gave notice of an agreement"),
    "agreement.ending_revoked": _("Agreed that an agreement goes on"),
    "agreement.ending_signed": _("Signed how an agreement ends"),
    "agreement.ending_standing": _("Agreed that an agreement ends"),
    "agreement.ending_withdrawn": _("Took back the end of an agreement"),
    "agreement.file_uploaded": _("Added a file to an agreement"),
    "agreement.proposal_declined": _("Declined a version of an agreement"),
    "agreement.proposal_replaced": _("Answered a proposal by another"),
    "agreement.proposal_withdrawn": _("Took back a version of an agreement"),
    "agreement.proposed": _("Proposed a version of an agreement"),
    "agreement.renewed": _("Noted that an agreement has begun another term"),
    "agreement.signed": _("Put an agreement in force by the last signature"),
    "agreement_draft.changed": _("Changed the draft of an agreement"),
    "agreement_draft.discarded": _("Discarded the draft of an agreement"),
    "agreement_draft.started": _("Began the draft of an agreement"),
    "alliance.opened": _("Opened an alliance"),
    "alliance.owner_invited": _("Invited the first owner of a partner"),
    "alliance.partner_added": _("Took a partner into an alliance"),
    "alliance.partner_code_changed": _("Changed the code of a partner"),
}
_ORGANIZATION: Final = {
    "member.invitation_revoked": _("Took back an invitation"),
    "member.invited": _("Invited a person"),
    "member.joined": _("Became a member"),
    "member.removed": _("Ended a membership"),
    "member.role_changed": _("Gave a member another role"),
    "organization.changed": _("Changed the settings of the organization"),
    "organization.created": _("Founded the organization"),
    "organization.second_factor_optional": _("Stopped asking members for a second factor"),
    "organization.second_factor_required": _("Asked every member for a second factor"),
    "organization.single_sign_on_optional": _("Let members sign in otherwise than by single sign-on again"),
    "organization.single_sign_on_required": _("Asked every member to come in by single sign-on"),
    "organization.status_changed": _("Changed the standing of the organization"),
    "single_sign_on.disabled": _("Closed the way in by single sign-on"),
    "single_sign_on.domain_added": _("Added a domain"),
    "single_sign_on.domain_removed": _("Removed a domain"),
    "single_sign_on.domain_verified": _("Showed that a domain is the organization's own"),
    "single_sign_on.enabled": _("Opened the way in by single sign-on"),
    "single_sign_on.provider_saved": _("Named an identity provider"),
    "viewing.ended": _("Stopped looking through a member's eyes"),
    "viewing.started": _("Began to look through a member's eyes"),
}
_ONBOARDING: Final = {
    "application.approved": _("Approved an application"),
    "application.changes_requested": _("Asked for changes of an application"),
    "application.document_added": _("Added a document to an application"),
    "application.document_removed": _("Removed a document from an application"),
    "application.in_review": _("Took up an application for review"),
    "application.note_written": _("Wrote a note about an application"),
    "application.rejected": _("Rejected an application"),
    "application.saved": _("Filled in a step of an application"),
    "application.started": _("Began an application"),
    "application.submitted": _("Submitted an application"),
    "application.ticked": _("Ticked an item of the review"),
    "application.withdrawn": _("Withdrew an application"),
    "application_page.logo_set": _("Changed the logo of the application page"),
    "application_page.rules_saved": _("Saved the rules of who may apply"),
    "application_page.saved": _("Saved the application page"),
    "bank_account.confirmed": _("Confirmed a changed bank account"),
    "bank_account.declined": _("Declined a changed bank account"),
    "bank_account.entered": _("Entered a bank account"),
}
_CATALOGUE: Final = {
    "display_rule.added": _("Made a rule about who may show items"),
    "display_rule.changed": _("Changed a rule about who may show items"),
    "display_rule.removed": _("Removed a rule about who may show items"),
    "item.changed": _("Changed an item"),
    "item.created": _("Added an item"),
    "item.picture_added": _("Added a picture to an item"),
    "item.pictures_arranged": _("Removed or rearranged pictures of an item"),
    "item_feed.added": _("Added a feed of items"),
    "item_feed.changed": _("Changed a feed of items"),
    "item_feed.paused": _("Paused a feed of items that failed"),
    "item_feed.removed": _("Removed a feed of items"),
    "item_file.uploaded": _("Uploaded a file of items"),
    "item_import.confirmed": _("Imported a file of items"),
    "items.sent": _("Sent items by a program"),
}
_PROGRAMS: Final = {
    "api_key.created": _("Made a secret API key"),
    "api_key.leak_revoked": _("Revoked a leaked API key"),
    "api_key.publishable_created": _("Made a publishable API key"),
    "api_key.revoked": _("Revoked an API key"),
    "api_key.rotated": _("Replaced an API key"),
    "webhook.changed": _("Changed a webhook endpoint"),
    "webhook.created": _("Added a webhook endpoint"),
    "webhook.failed_resent": _("Sent failed webhooks again"),
    "webhook.removed": _("Removed a webhook endpoint"),
    "webhook.resent": _("Sent a webhook again"),
    "webhook.secret_rotated": _("Made a new signing secret of a webhook endpoint"),
    "webhook.switched_off": _("Switched a webhook endpoint off"),
    "webhook.switched_on": _("Switched a webhook endpoint on"),
    "webhook.tested": _("Sent a test to a webhook endpoint"),
}
_PAGES: Final = {
    "partners.agreement": "portal:agreement",
    "partners.alliance": "portal:alliance",
    "partners.displayrule": "portal:display_rule",
    "partners.item": "portal:item",
    "partners.itemfeed": "portal:item_feed",
    "partners.itemimport": "portal:item_import",
    "partners.webhookdelivery": "portal:webhook_delivery",
    "partners.webhookendpoint": "portal:webhook",
}


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(_AGREEMENTS | _ORGANIZATION | _ONBOARDING | _CATALOGUE | _PROGRAMS, pages=_PAGES)
