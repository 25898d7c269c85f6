import * as oauth from 'oauth4webapi';
import { expect, test } from '../support/test';

// A client library that others wrote finds its way by itself: no page, no browser.
test('a program gets a token, looks it up and ends it', async ({ ready }) => {
  await ready.command(['tenant', 'create', '--slug', 'acme', '--name', 'Acme']);
  const service = '01a2016a-fa5c-71e0-b490-b29a1e32cc60';
  const named = ['--name', 'ci', '--role', 'api_service', '--service-id', service];
  const made = await ready.command(['client', 'create', '--tenant', 'acme', ...named]);
  const client: oauth.Client = { client_id: String(made.id) };
  const secret = String(made.secret);
  const plain = { [oauth.allowInsecureRequests]: true };

  const issuer = new URL(ready.url);
  const found = await oauth.discoveryRequest(issuer, { ...plain, algorithm: 'oauth2' });
  const server = await oauth.processDiscoveryResponse(issuer, found);

  for (const proof of [oauth.ClientSecretBasic(secret), oauth.ClientSecretPost(secret)]) {
    const asked = await oauth.clientCredentialsGrantRequest(server, client, proof, {}, plain);
    const token = await oauth.processClientCredentialsResponse(server, client, asked);
    expect(token.token_type).toBe('bearer');
    expect(token.scope).toContain('dpod.tenant.api_service');

    const active = async () => {
      const answer = await oauth.introspectionRequest(server, client, proof, token.access_token, plain);
      return (await oauth.processIntrospectionResponse(server, client, answer)).active;
    };
    expect(await active()).toBe(true);
    const ended = await oauth.revocationRequest(server, client, proof, token.access_token, plain);
    await oauth.processRevocationResponse(ended);
    expect(await active()).toBe(false);
  }

  const wrong = await oauth.clientCredentialsGrantRequest(server, client, oauth.ClientSecretBasic('wrong'), {}, plain);
  const refused = oauth.processClientCredentialsResponse(server, client, wrong);
  await expect(refused).rejects.toMatchObject({ code: oauth.WWW_AUTHENTICATE_CHALLENGE, status: 401 });
});

test('a program that is locked out is refused at once', async ({ ready }) => {
  const service = '01a2016a-fa5c-71e0-b490-b29a1e32cc60';
  const named = ['--name', 'ci', '--role', 'api_service', '--service-id', service];
  const { id, secret } = await ready.command(['client', 'create', '--tenant', 'root', ...named]);
  const ask = () => {
    const body = { grant_type: 'client_credentials', client_id: String(id), client_secret: String(secret) };
    return fetch(`${ready.url}/oauth/v1/token`, { method: 'POST', body: new URLSearchParams(body) });
  };
  expect((await ask()).status).toBe(200);
  await ready.command(['client', 'disable', String(id)]);
  expect((await ask()).status).toBe(401);
});
