"""What schemathesis has to know of the demo: who asks, and what a request names to be answered with success.

Without it every path would end in a 404 and every body in a refusal, and no success answer would be looked at.
Every second request that fits the schema is made to fit the demo too; the others go out as they were made up.
"""

import atexit
import collections
import os
import re

import demo
import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

STAFF = re.compile(
    r"/(prop/(attention|board|groups|search|inbox|health|journeys|templates|program-presets|manage|accounts|breach-events|news|payouts)|customers(?=$)|customers/\{customer_id\}"
    r"|transactions|audit|users|roles|api-tokens|feed|promo-codes|mail-templates|agreements|webhooks)(/|$)"
)
TERMINAL = re.compile(r"/(customer|prop/(programs|challenge|challenges|purchases))(/|$)")
ACCOUNT = "/customer/account/password"
LOGOUT = "/customer/auth/logout"
GRADUATE = ("/challenges/me/payouts", "/challenges/me/certificates")
WEBHOOK = "/payments/webhook/{provider}"
KYC = "/kyc/webhook/{provider}"
TICKS = "/feed/ticks"
ERASURE = "/customers/me/erasure"
SECOND = ("/auth/totp", "/customer/auth/otp", ERASURE)
STREAMS = ("/accounts/{login}/stream", "/events/stream")
DELIVERY = "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay"
PROGRAMS = re.compile(r"(PUT|POST) /prop/(manage/programs|templates)(/(validate|filter|\{id\}))?$")
SIGNED = (WEBHOOK, KYC, TICKS)
CONSOLE_REFRESH = "/console/session/refresh"


def who(path):
    if path == ACCOUNT:
        return "account"
    if STAFF.match(path):
        return "staff"
    if path.startswith(GRADUATE):
        return "graduate"
    return "terminal" if TERMINAL.match(path) else "customer"


@schemathesis.auth(refresh_interval=None).skip_for(path=[*SIGNED, CONSOLE_REFRESH])
class Session:
    def get(self, case, context):
        path = context.operation.path
        if not context.operation.definition.raw.get("security"):
            return None
        if path.startswith(SECOND):
            # Who asks for a secret never switches his factor on.
            return demo.second(path if context.operation.method != "get" else "secret")["token"]
        if path in STREAMS:
            # It is read to its end.
            return demo.short_session()
        # What ends its session gets one of its own.
        return demo.fresh_token(who(path)) if path in (ACCOUNT, LOGOUT) else demo.token(who(path))

    def set(self, case, token, context):
        is_bare = who(context.operation.path) == "terminal" and demo.number() % 2 == 0
        case.headers["Authorization"] = token if is_bare else f"Bearer {token}"


@schemathesis.auth(refresh_interval=None).apply_to(path=CONSOLE_REFRESH)
class Cookie:
    def get(self, case, context):
        return demo.login()["refresh_token"]

    def set(self, case, token, context):
        case.cookies = {**(case.cookies or {}), "touchstone_refresh": token}


class Signature(requests.auth.AuthBase):
    """Signs what a payment provider or a feed sends, whatever it is."""

    def __call__(self, request):
        timestamp = request.headers.get("X-Touchstone-Timestamp", "")
        timestamp = timestamp.encode("latin-1") if isinstance(timestamp, str) else timestamp
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        request.headers["X-Touchstone-Signature"] = demo.signature(timestamp, body)
        return request


schemathesis.auth.set_from_requests(Signature()).apply_to(path=list(SIGNED))

# What is there, by operation, by the path's beginning, or by the parameter's name.
THERE = {
    "PATCH /prop/templates/{template_id}": demo.scratch_template,
    "GET /prop/attention/{purchase_id}": demo.sold,
    "POST /prop/accounts/{account_id}/anchor": demo.trading_account_id,
    "POST /prop/breach-events/{breach_id}/approve": lambda: demo.breaches()[1],
    "GET /prop/templates/{template_id}/simulate": demo.simulated_template,
    "DELETE /prop/templates/{template_id}/simulate": demo.simulated_template,
    "POST /prop/journeys/{journey_id}/reset": demo.breached_journey,
    "POST /challenges/me/{journey_id}/addons": demo.running_journey,
    "POST /prop/payouts/{payout_id}/mark-disbursing": lambda: demo.payout("approved"),
    "POST /prop/payouts/{payout_id}/mark-paid": lambda: demo.payout("disbursing"),
    "POST /prop/payouts/{payout_id}/return": lambda: demo.payout("disbursing"),
    "/accounts/{login} login": demo.trading_account,
    "/prop/programs": lambda: 1,
    "POST /prop/manage/programs/{id}": demo.scratch_program,
    "/prop/manage": lambda: 1,
    "version": lambda: 1,
    "/prop/challenges": demo.challenge,
    "/prop/purchases": demo.purchase,
    "template_id": demo.template,
    "journey_id": lambda: demo.journey()["journey_id"],
    "tx_id": lambda: demo.journey()["pending_tx_id"],
    "session_id": lambda: demo.login()["session_id"],
    "POST /transactions/{tx_id}/refund": demo.paid_fee,
    "POST /prop/journeys/{journey_id}/refund": lambda: demo.paid()["journey_id"],
    "POST /transactions/{tx_id}/chargeback": demo.paid_fee,
    "POST /transactions/{tx_id}/chargeback/reverse": demo.disputed_fee,
    "POST /transactions/{tx_id}/reverse": demo.credit,
    "POST /customers/me/transactions/{tx_id}/refund": demo.refundable_fee,
    "POST /prop/purchases/{id}/refund": demo.refundable_purchase,
    "account_id": lambda: demo.journey()["account_id"],
    "token_id": demo.api_token,
    "DELETE /webhooks/{webhook_id}/replay": demo.replaying_webhook,
    "webhook_id": demo.webhook,
    "user_id": demo.colleague,
    "GET /customers/{customer_id}/export": demo.forgettable,
    "POST /customers/{customer_id}/erasure": demo.forgettable,
    "customer_id": lambda: demo.customer()["id"],
    "login": demo.opened_account,
    "token": demo.cashier_token,
    "provider": lambda: demo.PROVIDER,
    "order_id": demo.waiting_order,
    "position_id": demo.position,
    "symbol": lambda: demo.COIN,
    "news_id": demo.news,
    "promo_code_id": demo.promo_code,
    "payout_id": lambda: demo.payout("pending"),
    "breach_id": lambda: demo.breaches()[0],
    "code": demo.certificate,
    "kind": lambda: "payout",
    "agreement_id": demo.agreement,
}

MAIL = {"subject": "{{ brand }}", "body": "{{ amount }}"}

# Bodies that are answered with success.
BODIES = {
    "POST /accounts/{login}/orders": demo.order,
    "POST /accounts/{login}/positions/close-all": demo.all_of_it,
    "POST /accounts/{login}/positions/close-by": demo.opposites,
    "POST /accounts/{login}/positions/{position_id}/close": lambda: demo.named({"volume": None}),
    "PATCH /accounts/{login}/orders/{order_id}": lambda: demo.named({"price": demo.below("0.49", "49000.5"), "expires_at": None}),
    "PATCH /accounts/{login}/positions/{position_id}": lambda: demo.named({"stop_loss": demo.below("0.3", "30000"), "take_profit": None}),
    "DELETE /accounts/{login}/orders/{order_id}": lambda: demo.named({}),
    "POST /orders/preflight": lambda: demo.order(action="open", requested_at=None),
    "POST /auth/password-reset/confirm": lambda: {"token": demo.reset_token(), "password": "another-password"},
    "POST /auth/refresh": lambda: {"refresh_token": demo.login()["refresh_token"]},
    "POST /challenges/{template_id}/enroll": lambda: demo.decline_what_waits() or {"selected_addon_codes": []},
    "POST /customer/account/login": demo.account_credentials,
    "POST /customer/account/open": lambda: {"group": "DEMO-USD"},
    "POST /customer/auth/login": lambda: {"brand": None, **demo.TRADER},
    "POST /console/session": lambda: {"kind": "customer", "brand": None, **demo.RIVAL},
    "POST /customers/login": lambda: {"brand": None, **demo.RIVAL},
    "POST /customers/me/deposit": lambda: demo.decline_what_waits() or {"amount": "7.5", "account_id": demo.wallet()},
    "POST /customers/me/withdraw": lambda: demo.decline_what_waits() or {"amount": 0.5, "account_id": demo.wallet()},
    "POST /customers/register": lambda: demo.person(),
    "POST /feed/ticks": demo.ticks,
    "POST /payments/webhook/{provider}": demo.payment_event,
    "POST /challenges/me/{journey_id}/addons": lambda: {"addon_code": "no_time_limit"},
    "POST /prop/challenge/addon/buy": demo.addon_to_buy,
    "POST /kyc/webhook/{provider}": demo.kyc_event,
    "POST /prop/challenge/buy": lambda: {"program_id": 2, "payer_login": 100001},
    "POST /prop/challenge/preview": lambda: {"program_id": 1, "payer_login": 100001},
    "POST /prop/accounts/{account_id}/anchor": lambda: {"anchor": "100000.00", "reason": "Prices were old"},
    "POST /prop/breach-events/{breach_id}/approve": lambda: {"reason": "Looked at"},
    "POST /prop/breach-events/{breach_id}/revert": lambda: {"reason": "A false price", "restore": "none"},
    "POST /transactions/{tx_id}/refund": demo.given_back,
    "POST /prop/journeys/{journey_id}/refund": demo.given_back,
    "POST /transactions/{tx_id}/chargeback": lambda: {"reason": "Fraud", "effect": "suspend"},
    "POST /transactions/{tx_id}/chargeback/reverse": lambda: {"reason": "It was won"},
    "POST /transactions/manual": demo.by_hand,
    "POST /transactions/{tx_id}/reverse": lambda: {"reason": "A mistake"},
    "POST /prop/journeys/grant": demo.grant,
    "POST /prop/news": demo.news_to_come,
    "POST /agreements": demo.terms,
    "POST /prop/news/import": demo.news_table,
    "PUT /mail-templates/{kind}": lambda: MAIL,
    "POST /mail-templates/{kind}/preview": lambda: MAIL,
    "POST /promo-codes": demo.promo_code_to_come,
    "PATCH /promo-codes/{promo_code_id}": lambda: {"description": "Changed", "valid_to": None, "total_limit": 1000000},
    "POST /customers/me/transactions/{tx_id}/promo": lambda: {"code": demo.promo_code_for_all()},
    "PUT /prop/manage/programs": demo.aggregate,
    "POST /prop/manage/programs/{id}": lambda: {"description": "Changed", "price": "1.50"},
    "POST /prop/manage/programs/filter": lambda: {"limit": 5, "offset": 0, "orderBy": [["id", "desc"]]},
    "POST /prop/manage/programs/validate": demo.aggregate,
    "POST /prop/templates": lambda: {"name": "Made", "preset": "two-step-static"},
    "POST /prop/templates/validate": lambda: {"name": "Tried", "preset": "instant-funding"},
    "POST /prop/payouts/{payout_id}/approve": lambda: {"reason": "Looked at"},
    "POST /prop/payouts/{payout_id}/mark-paid": lambda: {"reference": "A wire"},
    "POST /prop/payouts/{payout_id}/reject": lambda: {"reason": "A test"},
    "POST /prop/payouts/{payout_id}/return": lambda: {"reason": "It came back"},
    "PUT /customers/{customer_id}/kyc": lambda: {"status": "approved", "reason": "Papers"},
    "PATCH /prop/templates/{template_id}": lambda: {"description": "Changed", "fee_amount": "1.50"},
    "POST /prop/templates/{template_id}/simulate": lambda: demo.no_simulation() or {"traders": 1, "days": 5},
    "PUT /customers/{customer_id}/owner": lambda: {"owner_id": demo.colleague(), "reason": "His region"},
    "POST /customers/{customer_id}/erasure": lambda: {"reason": "He asked"},
    f"POST {ERASURE}": lambda: {"password": demo.person()["password"], "totp_code": None},
    "POST /auth/totp/confirm": lambda: demo.enrolled("/auth/totp/confirm"),
    "POST /auth/totp/disable": lambda: demo.switched_on("/auth/totp/disable"),
    "POST /auth/totp/backup-codes": lambda: demo.switched_on("/auth/totp/backup-codes"),
    "PUT /customer/auth/otp": lambda: {"otp_code": demo.enrolled("/customer/auth/otp")["code"], "otp_enabled": 1},
    "POST /users/{user_id}/totp/reset": lambda: {"reason": "A lost phone"},
    "POST /customers/{customer_id}/totp/reset": lambda: {"reason": "A lost phone"},
    "POST /api-tokens": demo.token_to_make,
    "PATCH /api-tokens/{token_id}": lambda: {"name": "Another", "extend_expiry": "1y", "rate_limit": None},
    "POST /webhooks": demo.webhook_to_make,
    "PATCH /webhooks/{webhook_id}": lambda: {"description": "Another", "events": ["payout.*"], "is_active": True},
    "POST /webhooks/{webhook_id}/rotate-secret": lambda: {"secret": None, "overlap_seconds": 60},
    "POST /webhooks/{webhook_id}/replay": lambda: {"since": "2026-01-01T00:00:00Z", "until": None},
    "POST /users": demo.hired,
    "PATCH /users/me": lambda: {"full_name": "Ada Admin"},
    "PATCH /users/{user_id}": lambda: {"full_name": "Another Name", "reason": "A test"},
    "POST /users/login": lambda: {"brand": None, **demo.ADMIN},
}
# How often those are made that have to wait for something.
AT_MOST = {"POST /auth/password-reset/confirm": 3}

asked = collections.Counter()
made = collections.Counter()
answers = collections.Counter()


def is_positive(case, location):
    return case.meta is None or not case.meta.is_negative_at(location)


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation
    case.headers.update(demo.address())
    if case.method.upper() != operation.method.upper():
        return
    asked[operation.label] += 1
    is_known = isinstance(case.body, dict) and case.body.get("email") in demo.EMAILS
    # Wrong guesses would lock a name that is still needed.
    if asked[operation.label] % 2 == 0 and not is_known:
        return
    if operation.path in SIGNED and is_positive(case, ParameterLocation.HEADER):
        case.headers["X-Touchstone-Timestamp"] = str(demo.now())
    if operation.label == "POST /challenges/me/payouts/request":
        demo.nothing_in_flight()
        case.query = {}
    if operation.path.startswith(GRADUATE) and is_positive(case, ParameterLocation.QUERY):
        # The account of somebody else, however well it is written.
        case.query = {name: value for name, value in (case.query or {}).items() if name != "account_id"}
    if is_positive(case, ParameterLocation.PATH):
        name_what_is_there(case)
    if is_positive(case, ParameterLocation.BODY):
        ask_what_is_granted(case)


def name_what_is_there(case):
    operation = case.operation
    if operation.label == DELIVERY:
        case.path_parameters = demo.delivery()
        return
    beginning = "/".join(operation.path.split("/")[:3])
    for name in case.path_parameters or {}:
        names = (f"{beginning} {name}", operation.label, beginning, name)
        make = next((THERE[name] for name in names if name in THERE), None)
        if make is not None:
            case.path_parameters[name] = make()


def ask_what_is_granted(case):
    label = case.operation.label
    if label not in BODIES or made[label] == AT_MOST.get(label):
        return
    made[label] += 1
    body = BODIES[label]()
    if "/accounts/" in label:
        # Another command was called so before.
        case.headers.pop("Idempotency-Key", None)
    if label == "POST /orders/preflight":
        case.headers["X-Customer-Login"] = str(demo.trading_account())
    # Most of what can be made up for a template is refused, and so would be all of it.
    keeps_rest = isinstance(case.body, dict) and case.operation.method != "patch" and not PROGRAMS.match(label)
    case.body = {**case.body, **body} if keeps_rest else body


@schemathesis.hook
def after_call(context, case, response):
    if case.method.upper() == case.operation.method.upper():
        answers[case.operation.label, response.status_code] += 1
    if "/agreements" in case.operation.path:
        # Nobody could buy any more.
        demo.ask_for_no_agreement()
    if response.status_code == 200 and case.operation.path == "/demo/clock/advance":
        # Every session is too old now, maybe.
        demo.forget_tokens()
    if response.status_code == 401 and "Authorization" in case.headers:
        demo.forget_tokens()


@atexit.register
def tell_answers():
    """A line for each operation and status that was seen: method, path, status, how often."""
    with open(os.environ["FUZZ_ANSWERS"], "w", encoding="utf-8") as file:
        for (label, status), count in sorted(answers.items()):
            method, path = label.split(" ", 1)
            print(method, path, status, count, sep="\t", file=file)
