"""A client library that others wrote gets, looks up and ends tokens; and what is sent wrong gets the RFC's error."""

import json

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

SERVICE = "01a2016a-fa5c-71e0-b490-b29a1e32cc60"


def credentials(castellan):
    return castellan.command(
        "client", "create", "--tenant", "root", "--name", "ci", "--role", "api_service", "--service-id", SERVICE
    )


def endpoints(castellan):
    return requests.get(f"{castellan.url}/.well-known/oauth-authorization-server").json()


def test_the_server_says_where_everything_is(castellan):
    # The library takes only https, as the RFC does; a server on this machine alone has none.
    found = json.loads(json.dumps(endpoints(castellan)).replace(castellan.url, "https://id.example.com"))
    # Required, and empty where there is no authorization endpoint; the library takes an empty list for a missing one.
    assert found.pop("response_types_supported") == []
    AuthorizationServerMetadata({**found, "response_types_supported": ["none"]}).validate()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_program_gets_a_token_looks_it_up_and_ends_it(castellan, method):
    made, found = credentials(castellan), endpoints(castellan)
    session = OAuth2Session(
        made["id"],
        made["secret"],
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        introspection_endpoint_auth_method=method,
    )
    token = session.fetch_token(found["token_endpoint"], grant_type="client_credentials")
    assert token["token_type"].lower() == "bearer" and 3590 < token["expires_in"] < 3600
    narrow = session.fetch_token(found["token_endpoint"], grant_type="client_credentials", scope="dpod.tenant.api_service")
    assert narrow["scope"] == "dpod.tenant.api_service"

    def active():
        answer = session.introspect_token(found["introspection_endpoint"], token=token["access_token"])
        return answer.json()["active"]

    assert active()
    assert session.revoke_token(found["revocation_endpoint"], token=token["access_token"]).status_code == 200
    assert not active()


def test_whoever_may_see_tokens_looks_them_up_by_a_token_of_their_own(castellan):
    made, found = credentials(castellan), endpoints(castellan)
    program = OAuth2Session(made["id"], made["secret"])
    token = program.fetch_token(found["token_endpoint"], grant_type="client_credentials")["access_token"]
    mine = castellan.command("token", "create", "--user", "ada@example.com", "--name", "mine")["token"]
    key = castellan.command(
        "key", "create", "--tenant", "root", "--kind", "service", "--name", "guard", "--role", "read-only"
    )["key"]
    for bearer in [mine, key]:
        session = OAuth2Session(token={"access_token": bearer, "token_type": "bearer"})
        answer = session.post(found["introspection_endpoint"], data={"token": token})
        assert answer.json()["active"] and answer.json()["client_id"] == made["id"]
        answer = session.post(found["introspection_endpoint"], data={"token": key})
        assert answer.json()["active"] and "tokens.read" in answer.json()["scope"].split()
    wrong = requests.post(
        found["introspection_endpoint"], data={"token": token}, headers={"Authorization": "Bearer cst_none"}
    )
    assert wrong.status_code == 401 and "invalid_token" in wrong.headers["WWW-Authenticate"]
    narrow = castellan.command(
        "token", "create", "--user", "ada@example.com", "--name", "narrow", "--permission", "users.read"
    )["token"]
    refused = requests.post(
        found["introspection_endpoint"], data={"token": token}, headers={"Authorization": f"Bearer {narrow}"}
    )
    assert refused.status_code == 403 and refused.json()["error"] == "insufficient_scope"


def test_what_is_sent_wrong_gets_the_error_of_the_rfc(castellan):
    made, found = credentials(castellan), endpoints(castellan)
    right = (made["id"], made["secret"])
    grant = {"grant_type": "client_credentials"}
    cases = [
        (right, {}, 400, "invalid_request"),
        (right, {"grant_type": "password", "username": "ada", "password": "x"}, 400, "unsupported_grant_type"),
        (right, {"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        (right, {**grant, "scope": "everything"}, 400, "invalid_scope"),
        (right, {**grant, "client_id": "another"}, 400, "invalid_request"),
        (right, {**grant, "client_secret": made["secret"]}, 400, "invalid_request"),
        (right, [("grant_type", "client_credentials"), ("grant_type", "client_credentials")], 400, "invalid_request"),
        ((made["id"], "wrong"), grant, 401, "invalid_client"),
        (("nobody", "wrong"), grant, 401, "invalid_client"),
        (None, grant, 401, "invalid_client"),
    ]
    for auth, data, status, error in cases:
        answer = requests.post(found["token_endpoint"], data=data, auth=auth)
        assert (answer.status_code, answer.json()["error"]) == (status, error), data
        assert answer.headers["Cache-Control"] == "no-store"
    as_json = requests.post(found["token_endpoint"], json=grant, auth=right)
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")
    for endpoint in ["introspection_endpoint", "revocation_endpoint"]:
        answer = requests.post(found[endpoint], data={}, auth=right)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert requests.post(found[endpoint], data={"token": "x"}).status_code == 401
