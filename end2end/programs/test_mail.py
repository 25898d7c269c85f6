"""Mail over a mail server that others wrote: with TLS and a password, in the recipient's language, and the link works."""

import email
import email.policy
import queue
import re
import socket
import ssl

import pytest
import requests
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from conftest import Installation

NEW = "another horse, another battery"


class Mailbox:
    """Takes everything, and hands it on as messages."""

    def __init__(self):
        self.messages = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        assert session.ssl, "nothing is said in clear"
        self.messages.put(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"

    def next(self):
        return self.messages.get(timeout=30)


def knows(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"castellan", b"p@ss word"))


@pytest.fixture
def mailed(tmp_path):
    """A server that sends mail, and the mailbox."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=knows,
    )
    controller.start()
    installation = Installation(
        tmp_path / "data",
        SSL_CERT_FILE=str(tmp_path / "authority.pem"),
        CASTELLAN_SMTP_URL=f"smtp://castellan:p%40ss%20word@localhost:{port}?tls=required",
        CASTELLAN_MAIL_FROM="Castellan <castellan@example.com>",
    )
    yield installation, mailbox
    installation.stop()
    controller.stop()


def post(castellan, path, function, browser=None, **form):
    """Sends the form of a function as its page would."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    data = {"fn": f"/fn/sign-in/{function}", **form}
    return (browser or requests).post(castellan.url + path, data=data, headers=headers, allow_redirects=False)


def link_in(part):
    return re.search(r"http://\S+/reset-password\?user=([0-9a-f-]+)&code=([^&\s]+)&lang=en", part.get_content())


def test_whoever_forgot_their_password_gets_a_link_by_mail_that_works_once(mailed):
    castellan, mailbox = mailed
    known = post(castellan, "/forgot-password", "forgot-password", email="ada@example.com")
    unknown = post(castellan, "/forgot-password", "forgot-password", email="nobody@example.com")
    for name in ["Location", "Set-Cookie"]:
        # The request's own id is in the cookie.
        blank = lambda answer: re.sub(r"[0-9a-f-]{36}", "", answer.headers.get(name, ""))
        assert blank(known) == blank(unknown)
    assert (known.status_code, unknown.status_code) == (303, 303)
    message = mailbox.next()
    assert message["To"] == "ada@example.com" and message["Subject"] == "Set a new password"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    user, code = link_in(text).groups()
    assert code in html.get_content()
    at_home, at_work = requests.Session(), requests.Session()
    for browser in (at_home, at_work):
        page = browser.get(f"{castellan.url}/reset-password", params={"user": user, "code": code})
        assert page.status_code == 200 and "<script" not in page.text and code not in page.text + page.url
    form = {"password": NEW, "again": NEW}
    assert post(castellan, "/reset-password", "reset-password", at_home, **form).status_code == 303
    assert post(castellan, "/reset-password", "reset-password", at_work, **form).status_code == 409, "once"
    assert mailbox.next()["Subject"] == "Your password was changed"
    assert post(castellan, "/signin", "password", email="ada@example.com", password=NEW).headers["Location"] == "/admin"
    listed = castellan.command("outbox", "list")["messages"]
    assert [(told["template"], told["state"]) for told in listed] == [
        ("password-changed", "sent"),
        ("password-reset", "sent"),
    ]
    shown = castellan.command("outbox", "show", listed[1]["id"], "--link")
    assert code not in json_text(shown), "what was sent keeps no link"
    again = castellan.command("outbox", "resend", listed[1]["id"])
    assert again["id"] != listed[1]["id"] and link_in(mailbox.next().get_body(("plain",))).group(2) != code


def json_text(value):
    return str(value)


@pytest.mark.parametrize(
    "first, subject", [("Jürgen", "Neues Passwort festlegen"), ("عمر", "تعيين كلمة مرور جديدة"), ("Zoë", "Choisir un nouveau mot de passe")]
)
def test_mail_is_in_the_language_of_its_recipient(mailed, first, subject):
    castellan, mailbox = mailed
    locale = {"Jürgen": "de_AT", "عمر": "ar_EG", "Zoë": "fr_FR"}[first]
    castellan.command(
        "user", "create", "--email", "otto@bücher.example", "--first-name", first, "--locale", locale, "--password-stdin"
    )
    post(castellan, "/forgot-password", "forgot-password", email="Otto@bücher.example")
    message = mailbox.next()
    assert message["Subject"] == subject and first in message.get_body(("plain",)).get_content()
    assert message["To"] == "otto@xn--bcher-kva.example" and message["Content-Language"] == locale[:2]
