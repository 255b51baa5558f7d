"""The demo firm as a well-behaved client uses it: what a request has to name to be answered with success."""

import base64
import datetime
import decimal
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import threading
import time

HOST = os.environ["FUZZ_SERVER"]
MAIL = pathlib.Path(os.environ["FUZZ_MAIL"])
PROVIDER = "fuzz"
COIN = "BTCUSD"
SECRET = os.environ["FUZZ_WEBHOOK_SECRET"]

TRADER = {"email": "trader@demo.test", "password": "demo-trader-1"}
RIVAL = {"email": "rival@demo.test", "password": "demo-rival-1"}
GRADUATE = {"email": "graduate@demo.test", "password": "demo-graduate-1"}
RESET_TOKEN = r"Token: (\S+)"
ADMIN = {"email": "admin@demo.test", "password": "demo-admin-1"}
EMAILS = [person["email"] for person in (TRADER, RIVAL, GRADUATE, ADMIN)]

_numbers = iter(range(1, 1_000_000))
_tokens = {}


def number():
    """Another one at each call, the same ones in each run."""
    return next(_numbers)


def address():
    """Somebody else's address: who fails to sign in is slowed down by his own."""
    return {"X-Forwarded-For": "198.18.{}.{}".format(*divmod(number() % 65_536, 256))}


def call(method, path, body=None, token=None):
    headers = address()
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(HOST, timeout=20)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
    return json.loads(text) if text else None


def token(who):
    """A session of the staff, the customer, the terminal or the account, kept until it ends."""
    if who not in _tokens:
        _tokens[who] = fresh_token(who)
    return _tokens[who]


def fresh_token(who):
    if who == "staff":
        return call("POST", "/users/login", ADMIN)["access_token"]
    if who == "customer":
        return login()["access_token"]
    if who == "graduate":
        earned()
        return call("POST", "/customers/login", GRADUATE)["access_token"]
    if who == "terminal":
        return call("POST", "/customer/auth/login", TRADER)["__token"]
    return call("POST", "/customer/account/login", account_credentials())["__token"]


def forget_tokens():
    _tokens.clear()
    _known.clear()


def login():
    return call("POST", "/customers/login", TRADER)


_known = {}


def known(what, make):
    if what not in _known:
        _known[what] = make()
    return _known[what]


def customer():
    return known("customer", lambda: login()["customer"])


def wallet():
    return customer()["trading_accounts"][0]["id"]


def templates():
    listed = known("templates", lambda: call("GET", "/prop/templates", token=token("staff")))
    rows = listed["items"] if isinstance(listed, dict) else listed
    return {row["name"]: row["id"] for row in rows}


def template():
    return templates()["100K Challenge"]


def scratch_template():
    """One that may be changed: nothing else depends on it."""
    make = lambda: call("POST", f"/prop/templates/{template()}/clone", {"name": f"Scratch {number()}"}, token("staff"))
    return known("scratch", make)["id"]


def no_simulation():
    """One runs at a time: what another request has begun is over soon, or is dropped."""
    for name in templates().values():
        path = f"/prop/templates/{name}/simulate"
        try:
            if call("GET", path, token=token("staff"))["status"] == "running":
                call("DELETE", path, token=token("staff"))
        except RuntimeError:
            pass


def simulated_template():
    no_simulation()
    try:
        call("POST", f"/prop/templates/{template()}/simulate", {"traders": 1, "days": 5}, token("staff"))
    except RuntimeError:
        pass
    return template()


def aggregate():
    """A program of one step, as ScaleTrade's managers send it."""
    step = {"phase_index": 1, "name": "One", "account_group": "PROP-DEMO-100K", "max_total_loss_pct": 10}
    name = f"Made {number()}"
    return {"brand": "brand-a", "name": name, "price": 1, "price_currency": "USD", "status": 1, "steps": [step]}


def scratch_program():
    """The number of a program that may be changed."""
    make = lambda: call("PUT", "/prop/manage/programs", aggregate(), token("staff"))
    return known("scratch program", make)["program"]["id"]


def decline_what_waits():
    """Few journeys, deposits and withdrawals of one customer may wait at once; refunds wait until they are paid."""
    listed = call("GET", "/transactions?status=PENDING&limit=100", token=token("staff"))
    rows = listed["items"] if isinstance(listed, dict) else listed
    for row in rows if len(rows) >= 8 else ():
        verb = "approve" if row["type"].endswith("_REFUND") else "decline"
        call("PATCH", f"/transactions/{row['id']}/{verb}", {}, token("staff"))


def journey():
    decline_what_waits()
    return call("POST", f"/challenges/{template()}/enroll", {}, token("customer"))


def running_journey():
    """One that has been paid, and has no add-on yet."""
    begun = journey()
    call("PATCH", f"/transactions/{begun['pending_tx_id']}/approve", {}, token("staff"))
    return begun["journey_id"]


def addon_to_buy():
    running_journey()
    rows = call("GET", "/prop/challenges", token=token("terminal"))["challenges"]
    return {"challenge_id": rows[0]["id"], "addon_code": "no_time_limit", "payer_login": 100001, "idempotency_key": None}


def paid(program=None):
    """A journey that has begun: its fee was approved."""
    decline_what_waits()
    new = call("POST", f"/challenges/{program or template()}/enroll", {}, token("customer"))
    call("PATCH", f"/transactions/{new['pending_tx_id']}/approve", {}, token("staff"))
    return new


def paid_fee():
    return paid()["pending_tx_id"]


def refundable():
    """Of the program that gives its fee back to whoever asks."""
    return paid(templates()["100K Challenge, paid in euros"])


def refundable_fee():
    return refundable()["pending_tx_id"]


def refundable_purchase():
    login = int(refundable()["login"])
    rows = call("GET", "/prop/challenges", token=token("terminal"))["purchases"]
    return next(row["id"] for row in rows if row["account_login"] == login)


def disputed_fee():
    fee = paid_fee()
    call("POST", f"/transactions/{fee}/chargeback", {"reason": "Fraud"}, token("staff"))
    return fee


def given_back():
    return {"reason": "Goodwill", "override": True, "amount": None}


def by_hand():
    body = {"account_id": wallet(), "type": "CORRECTION_IN", "amount": "1.00", "status": "APPROVED", "comment": "A test"}
    return {**body, "currency": None, "payment_data": None}


def credit():
    return call("POST", "/transactions/manual", by_hand(), token("staff"))["id"]


def deposit():
    decline_what_waits()
    return call("POST", "/customers/me/deposit", {"amount": "5.00", "account_id": wallet()}, token("customer"))


def cashier_token():
    return deposit()["cashier_url"].rsplit("/", 1)[1]


def opened_account():
    make = lambda: call("POST", "/customer/account/open", {"group": "DEMO-USD"}, token("terminal"))
    return known("opened", make)["login"]


def account_credentials():
    path = f"/customer/account/{opened_account()}/temporary-password"
    renewed = call("POST", path, token=token("terminal"))
    return {"login": renewed["login"], "password": renewed["temporary_password"]}


def challenge():
    rows = call("GET", "/prop/challenges", token=token("terminal"))["challenges"]
    if not rows:
        buy = {"program_id": 2, "payer_login": 100001}
        return call("POST", "/prop/challenge/buy", buy, token("terminal"))["challenge"]["id"]
    return rows[0]["id"]


def purchase():
    """One that waits for its payment, so that it can be cancelled."""
    journey()
    rows = call("GET", "/prop/challenges", token=token("terminal"))["purchases"]
    return next(row["id"] for row in rows if row["can_cancel"])


def sold():
    """As staff call a purchase."""
    return call("GET", f"/prop/journeys/{journey()['journey_id']}", token=token("staff"))["purchase_id"]


def person():
    return {"email": f"fuzz-{number()}@demo.test", "phone": "+4930000099", "password": "fuzz-password-1"}


def new_customer():
    new = person()
    call("POST", "/customers/register", new)
    return new


def forgettable():
    """Somebody of whom nothing is open; another one each time, for he is exported so often and erased once."""
    return call("POST", "/customers/register", person())["id"]


def reset_token():
    """From the mail, which is sent after the answer."""
    email = new_customer()["email"]
    call("POST", "/auth/password-reset/request", {"email": email})
    for _ in range(200):
        for mail in MAIL.glob("*.txt"):
            text = mail.read_text()
            if f"To: {email}\n" in text and (found := re.search(RESET_TOKEN, text)):
                return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"no mail came for {email}")


def payment_event():
    waiting = journey()
    return {
        "event_id": f"event-{number()}",
        "type": "payment.received",
        "transaction_id": waiting["pending_tx_id"],
        "amount": waiting["fee_amount"],
        "currency": waiting["fee_currency"],
    }


def kyc_event():
    return {"event_id": f"event-{number()}", "customer_id": customer()["id"], "status": "pending"}


def ticks():
    """A price of one symbol and one of a symbol that nobody trades."""
    at = datetime.datetime.fromtimestamp(now(), datetime.timezone.utc).isoformat()
    tick = {"symbol": "EURUSD", "bid": "1.085", "ask": "1.08502", "time": at}
    return {"source": PROVIDER, "ticks": [tick, {**tick, "symbol": "NOSUCH", "sequence": None}]}


def grant():
    decline_what_waits()
    return {"customer_id": customer()["id"], "template_id": template(), "reason": "A prize", "selected_addon_codes": []}


def short_session():
    """One that ends soon, and with it what is read by it."""
    new = login()
    end = lambda: call("DELETE", f"/auth/sessions/{new['session_id']}", token=new["access_token"])
    threading.Timer(1, end).start()
    return new["access_token"]


def account(login):
    return call("GET", f"/accounts/{login}", token=token("customer"))


def trading_account():
    """An account of a running challenge, and a price of what is traded at every hour."""
    if "traded" not in _known or not account(_known["traded"])["is_traded"]:
        # The first program lets nobody hold opposite positions on two of his accounts.
        free = {**grant(), "template_id": templates()["100K Challenge, paid in euros"]}
        new = call("POST", "/prop/journeys/grant", free, token("staff"))
        call("PATCH", f"/transactions/{new['pending_payment_tx_id']}/approve", {}, token("staff"))
        _known["traded"] = int(new["login"])
        _known["traded_id"] = new["account_id"]
    feed()
    return _known["traded"]


def trading_account_id():
    trading_account()
    return _known["traded_id"]


def breaches():
    """Those of the demo's own traders, who lose within its first two minutes; the oldest first."""
    rows = call("GET", "/prop/breach-events?limit=100", token=token("staff"))["items"]
    if len(rows) < 2:
        call("POST", "/demo/clock/advance", {"seconds": 150}, token("staff"))
        rows = call("GET", "/prop/breach-events?limit=100", token=token("staff"))["items"]
    return [row["id"] for row in reversed(rows)]


PERIOD_SECONDS = 40


def earned():
    """The demo's graduate, who buys at the low of each period, has sold at the high on his funded account."""
    own = lambda: call("POST", "/customers/login", GRADUATE)
    if "verified" not in _known:
        path = f"/customers/{own()['customer']['id']}/kyc"
        call("PUT", path, {"status": "approved", "reason": "Papers"}, call("POST", "/users/login", ADMIN)["access_token"])
        _known["verified"] = True
    for _ in range(8):
        session = own()["access_token"]
        try:
            look = call("GET", "/challenges/me/payouts/eligibility", token=session)
            if look["eligible"] or "no_payout_in_flight" in look["blockers"]:
                return
            call("POST", f"/accounts/{look['account_login']}/positions/close-all", {}, session)
            if call("GET", "/challenges/me/payouts/eligibility", token=session)["eligible"]:
                return
        except RuntimeError:
            pass
        half = PERIOD_SECONDS // 2
        call("POST", "/demo/clock/advance", {"seconds": (half - now() % PERIOD_SECONDS) % PERIOD_SECONDS or PERIOD_SECONDS})


def payout(state):
    """The graduate's payout in this state; what is on its way comes back, and is asked for again."""
    step = lambda one, verb, body=None: call("POST", f"/prop/payouts/{one['id']}/{verb}", body, staff)
    staff = call("POST", "/users/login", ADMIN)["access_token"]
    reason = {"reason": "A test"}
    rows = call("GET", "/prop/payouts?limit=1", token=staff)["items"]
    one = rows[0] if rows else {"status": "none"}
    if state == "pending" and one["status"] == "disbursing":
        one = step(one, "return", reason)
    if state == "pending" and one["status"] == "approved":
        one = step(one, "reject", reason)
    if one["status"] not in ("pending", "approved", "disbursing"):
        earned()
        session = call("POST", "/customers/login", GRADUATE)["access_token"]
        one = call("POST", "/challenges/me/payouts/request", token=session)
    if state != "pending" and one["status"] == "pending":
        one = step(one, "approve", reason)
    if state == "disbursing" and one["status"] == "approved":
        one = step(one, "mark-disbursing")
    return one["id"]


def terms():
    return {"kind": "terms", "title": f"Terms {number()}", "text": "Be fair.", "url": "https://example.com/terms"}


def agreement():
    return call("POST", "/agreements", terms(), token("staff"))["id"]


def ask_for_no_agreement():
    staff = token("staff")
    for one in call("GET", "/agreements", token=staff)["items"]:
        if one["is_current"]:
            call("DELETE", f"/agreements/{one['id']}", token=staff)


def certificate():
    """Of the graduate's first phase."""
    own = call("POST", "/customers/login", GRADUATE)["access_token"]
    for _ in range(10):
        items = call("GET", "/challenges/me/certificates", token=own)["items"]
        if items:
            return items[-1]["code"]
        call("POST", "/demo/clock/advance", {"seconds": PERIOD_SECONDS}, token("staff"))
    raise RuntimeError("the graduate has passed nothing")


def nothing_in_flight():
    """What waits, or is on its way, is refused, so that a payout can be asked for."""
    staff = call("POST", "/users/login", ADMIN)["access_token"]
    rows = call("GET", "/prop/payouts?limit=1", token=staff)["items"]
    if rows and rows[0]["status"] in ("pending", "approved", "disbursing"):
        call("POST", f"/prop/payouts/{payout('pending')}/reject", {"reason": "Asked again"}, staff)


def news_to_come():
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now() + 86_400))
    return {"at": at, "impact": "high", "currency": "USD", "title": f"News {number()}"}


def news_table():
    one = news_to_come()
    return f"at,impact,currency,title\n{one['at']},high,USD,{one['title']}\n"


def news():
    return call("POST", "/prop/news", news_to_come(), token("staff"))["id"]


def promo_code_to_come():
    conditions = {"valid_from": None, "valid_to": None, "total_limit": None, "per_customer_limit": None, "template_ids": []}
    discount = {"discount_percent": "12.5", "discount_amount": None, "currency": None}
    flags = {"first_purchase_only": False, "is_enabled": True, "description": "A test"}
    return {"code": f"FUZZ-{number()}", **discount, **conditions, **flags}


def promo_code():
    return call("POST", "/promo-codes", promo_code_to_come(), token("staff"))["id"]


def promo_code_for_all():
    return known("promo_code", lambda: call("POST", "/promo-codes", promo_code_to_come(), token("staff")))["code"]


def hired():
    password = {"password": "fuzz-password-1", "customer_view_scope": None}
    return {"email": f"fuzz-staff-{number()}@demo.test", "full_name": "Fay Fuzz", "role": "read_only", **password}


def colleague():
    """Another one each time: he may have been disabled."""
    return call("POST", "/users", hired(), token("staff"))["id"]


SECONDS = {}


def second(path):
    """A customer of the path's own, so that nobody else is asked for codes."""
    if path in SECONDS:
        try:
            call("GET", "/auth/totp", token=SECONDS[path]["token"])
            return SECONDS[path]
        except RuntimeError:
            # The clock was moved on, and the session has ended.
            pass
    new = new_customer()
    login = {"email": new["email"], "password": new["password"]}
    SECONDS[path] = {"token": call("POST", "/customer/auth/login", login)["__token"]}
    return SECONDS[path]


def shown(secret, step):
    """What a device shows (RFC 6238)."""
    counter = (int(now()) // 30 + step).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return str((int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF) % 1000000).zfill(6)


def enrolled(path):
    """A first code for a secret that nobody has confirmed; nothing changes any more once one has."""
    person = second(path)
    if not call("GET", "/auth/totp", token=person["token"])["enabled"]:
        person["secret"] = call("POST", "/auth/totp/enroll", token=person["token"])["secret"]
    return {"code": shown(person["secret"], -1)}


def switched_on(path):
    """A code that was not taken yet, at least the first time."""
    person = second(path)
    if not call("GET", "/auth/totp", token=person["token"])["enabled"]:
        call("POST", "/auth/totp/confirm", enrolled(path), person["token"])
    return {"code": shown(person["secret"], 0)}


def token_to_make():
    return {"name": "Fuzz", "scopes": ["view_news"], "expiry": "30d", "ip_allowlist": [], "rate_limit": 100}


def api_token():
    """Another one each time: it may have been revoked. All of them are, once there are many."""
    made = call("POST", "/api-tokens", token_to_make(), token("staff"))
    if made["id"] % 100 == 0:
        for old in call("GET", "/api-tokens?limit=500", token=token("staff")):
            if old["status"] != "revoked" and old["id"] < made["id"]:
                call("POST", f"/api-tokens/{old['id']}/revoke", token=token("staff"))
    return made["id"]


def webhook_to_make():
    """A place where nobody listens. There may be only so many."""
    there = call("GET", "/webhooks", token=token("staff"))["items"]
    for old in there if len(there) > 10 else []:
        call("DELETE", f"/webhooks/{old['id']}", token=token("staff"))
    return {"endpoint_url": "http://127.0.0.1:9/", "events": [], "description": "A test", "secret": None}


def webhook():
    """Another one each time: it may have been deleted or switched off."""
    return call("POST", "/webhooks", webhook_to_make(), token("staff"))["id"]


def replaying_webhook():
    it = webhook()
    call("POST", f"/webhooks/{it}/replay", {"since": "2026-01-01T00:00:00Z"}, token("staff"))
    return it


def delivery():
    """With the webhook that it is of."""
    of = webhook()
    made = call("POST", f"/webhooks/{of}/test", token=token("staff"))
    return {"webhook_id": of, "delivery_id": made["id"]}


def breached_journey():
    """One whose breach stands; a reset that waits is cancelled, so that it can be reset again."""
    event = call("GET", f"/prop/breach-events/{breaches()[1]}", token=token("staff"))
    path = f"/prop/journeys/{event['journey_id']}"
    if call("GET", path, token=token("staff"))["status"] == "pending_payment":
        call("POST", f"{path}/cancel", {"reason": "Asked again"}, token("staff"))
    return event["journey_id"]


def feed():
    timestamp = str(now())
    # The last price again: after a wild one it is the one that is believed.
    quotes = call("GET", "/quotes", token=token("customer"))["items"]
    last = next((quote for quote in quotes if quote["symbol"] == COIN and quote["bid"]), {})
    # Not before any that came in within this second.
    at = datetime.datetime.fromtimestamp(int(timestamp) + 0.999999, datetime.timezone.utc).isoformat()
    tick = {"symbol": COIN, "bid": last.get("bid", "60000.00"), "ask": last.get("ask", "60001.00"), "time": at}
    body = json.dumps({"source": PROVIDER, "ticks": [tick]}).encode()
    headers = {
        **address(),
        "Content-Type": "application/json",
        "X-Touchstone-Timestamp": timestamp,
        "X-Touchstone-Signature": signature(timestamp.encode(), body),
    }
    connection = http.client.HTTPConnection(HOST, timeout=20)
    connection.request("POST", "/feed/ticks", body, headers)
    connection.getresponse().read()
    connection.close()


def order(**changes):
    optional = ("price", "limit_price", "stop_loss", "take_profit", "trailing_distance", "expires_at")
    empty = dict.fromkeys(optional)
    named = {"symbol": COIN, "side": "buy", "type": "market", "volume": "0.01", "origin": "manual"}
    return {**empty, **named, "client_order_id": f"fuzz-{number()}", **changes}


def named(body):
    """A command that nobody has sent before."""
    return {**body, "client_order_id": f"fuzz-{number()}"}


def placed(**changes):
    login = trading_account()
    if len(account(login)["positions"]) > 6:
        call("POST", f"/accounts/{login}/positions/close-all", {}, token("customer"))
    return call("POST", f"/accounts/{login}/orders", order(**changes), token("customer"))["order_id"]


def position():
    return placed()


def below(share, most):
    """A price far below that of the market, which goes far where a demo's clock does."""
    trading_account()
    quotes = call("GET", "/quotes", token=token("customer"))["items"]
    bid = next(decimal.Decimal(quote["bid"]) for quote in quotes if quote["symbol"] == COIN)
    return f"{min(bid * decimal.Decimal(share), decimal.Decimal(most)):.2f}"


def waiting_order():
    return placed(type="limit", price=below("0.5", "50000"))


def opposites():
    return named({"position_id": placed(), "opposite_position_id": placed(side="sell")})


def all_of_it():
    placed()
    return named({"symbol": COIN})


def now():
    """The server's time in unix seconds, which a demo can hold still: that of a new session."""
    claims = fresh_token("staff").split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iat"]


def signature(timestamp, body):
    message = timestamp + b"." + body
    return "v1=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
