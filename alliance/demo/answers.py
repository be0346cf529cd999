"""What the demo's partners say to their statements: one accepted, one line disputed, one comment."""

from datetime import datetime
from typing import Final

from alliance.demo.world import FITNESS, HOST, actor_of
from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from settlements.answers.services.accept_statement import accept_statement
from settlements.answers.services.comment_statement import comment_statement
from settlements.answers.services.dispute_line import dispute_line
from settlements.models import Statement, StatementLine

REASON: Final = (
    "Our records show two orders of this customer that day, not one. 我方记录显示该客户当日有两笔订单，而非一笔。"
)
COMMENT: Final = "We look at it this week and come back to you. 我们本周内核实并回复。"


def answer_statements(*, now: datetime) -> None:
    """The fitness partner accepts its first statement and disputes a line of its latest one; the host answers."""
    with organization_scope(FITNESS.id):
        own = Statement.objects.filter(organization_id=FITNESS.id).order_by("starts_on")
        first, latest = own.first(), own.last()
        if first is None or latest is None or first == latest:
            return
        accept_statement(actor=actor_of(FITNESS), statement_id=first.id, content_sha256=first.content_sha256, now=now)
        line = StatementLine.objects.filter(statement_id=latest.id, share_minor__gt=0).order_by("line_number")[0]
        dispute_id = dispute_line(
            actor=actor_of(FITNESS),
            statement_id=latest.id,
            line_number=line.line_number,
            reason=REASON,
            claimed_minor=2 * line.share_minor,
            now=now,
        )
    work_off(FITNESS.id)
    work_off(HOST.id)
    with organization_scope(HOST.id):
        comment_statement(actor=actor_of(HOST), statement_id=latest.id, dispute_id=dispute_id, text=COMMENT, now=now)
    work_off(HOST.id)
