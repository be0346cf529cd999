"""What the API shows of webhooks, and what it takes."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from partners.webhooks.models import DeliveryOutcome, DisabledReason, WebhookDelivery
from partners.webhooks.signing import message_name

LONGEST_URL = 2048


class WebhookTypeShape(serializers.Serializer[Any]):
    """A type of message: what it tells, the JSON Schema of its `data`, and an example of it."""

    name = serializers.CharField()
    description = serializers.CharField()
    schema = serializers.DictField()
    example = serializers.DictField()


class WebhookEndpointShape(serializers.Serializer[Any]):
    """An endpoint. `failures` counts failed attempts in a row."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    description = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    is_enabled = serializers.BooleanField()
    disabled_reason = serializers.ChoiceField(choices=DisabledReason.choices, allow_blank=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField()
    failing_since = serializers.DateTimeField(allow_null=True)
    previous_secret_until = serializers.DateTimeField(allow_null=True)


class CreatedEndpointShape(WebhookEndpointShape):
    """A new endpoint with its signing secret, which is shown this once."""

    secret = serializers.CharField()


class RotatedSecretShape(serializers.Serializer[Any]):
    """The new signing secret, shown this once; the one before works until `previous_secret_until`."""

    secret = serializers.CharField()
    previous_secret_until = serializers.DateTimeField()


class AttemptShape(serializers.Serializer[Any]):
    """One request. `status` is null when there was no answer; then `error` says why."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    url = serializers.URLField()
    request_headers = serializers.DictField(child=serializers.CharField())
    status = serializers.IntegerField(allow_null=True)
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField()
    is_cut = serializers.BooleanField()
    error = serializers.CharField()
    milliseconds = serializers.IntegerField()


class WebhookDeliveryShape(serializers.Serializer[Any]):
    """A message on its way to an endpoint. `message_id` is sent as `webhook-id`."""

    id = serializers.UUIDField()
    endpoint_id = serializers.UUIDField()
    message_id = serializers.SerializerMethodField()
    type = serializers.CharField(source="message.type")
    state = serializers.ChoiceField(choices=DeliveryOutcome.choices)
    tries = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_message_id(self, delivery: WebhookDelivery) -> str:
        """As the receiver sees it."""
        return message_name(delivery.message_id)


class WebhookDeliveryDetailShape(WebhookDeliveryShape):
    """A delivery with the body that is sent and every attempt, newest first."""

    body = serializers.CharField(source="message.body")
    attempts = AttemptShape(many=True)


class EndpointInput(StrictSerializer):
    """A new endpoint."""

    url = serializers.CharField(max_length=LONGEST_URL, help_text="https, on the public internet.")
    types = serializers.ListField(child=serializers.CharField(max_length=80), min_length=1, max_length=100)
    description = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class EndpointChangeInput(StrictSerializer):
    """What is to change; what is left out stays. `is_enabled` switches on or off."""

    url = serializers.CharField(max_length=LONGEST_URL, required=False)
    types = serializers.ListField(
        child=serializers.CharField(max_length=80), min_length=1, max_length=100, required=False
    )
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    is_enabled = serializers.BooleanField(required=False)


class DeliveryFilters(StrictSerializer):
    """Which deliveries."""

    endpoint_id = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=DeliveryOutcome.choices, required=False)
    type = serializers.CharField(required=False, max_length=80)


class ResendInput(StrictSerializer):
    """Everything that failed since this instant."""

    since = InstantField(help_text="ISO 8601 with an offset.")


class ResentShape(serializers.Serializer[Any]):
    """How many messages are on their way again."""

    count = serializers.IntegerField()
