import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada } from '../support/people';
import { expect, test } from '../support/test';

const SERVICE = '01a2016a-fa5c-71e0-b490-b29a1e32cc60';

/** What a program is answered that asks for an access token. */
async function issued(url: string, id: string, secret: string): Promise<number> {
  const body = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
  return (await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(body) })).status;
}

test('a client is made, used, rotated, disabled and refused', async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/clients');
  await expect(page.getByText('No client yet')).toBeVisible();
  await desk.press('New client', page.locator('.empty'));
  await desk.choose({ Role: /api_service/, Tenant: 'Root' });
  await desk.fill({ Name: 'Nightly export', Services: SERVICE });
  await desk.press('Make client');
  const id = await page.getByRole('group', { name: 'Client id' }).innerText();
  const first = await page.getByRole('group', { name: 'Client secret' }).innerText();
  expect(await issued(ready.url, id, first)).toBe(200);

  await desk.press('Open its page');
  await expect(desk.heading()).toHaveText('Nightly export');
  await expect(page.getByText(first)).toHaveCount(0);
  await page.getByText('Make another secret…').click();
  await desk.press('Make another secret');
  const second = await page.getByRole('group', { name: 'Client secret' }).innerText();
  expect(await issued(ready.url, id, first)).toBe(200);
  expect(await issued(ready.url, id, second)).toBe(200);
  await desk.press('End it');
  await desk.expectToast('The older secret of the program has ended.');
  expect(await issued(ready.url, id, first)).toBe(401);

  await desk.press('Disable');
  await desk.expectToast('Nightly export is disabled. It is refused from now on.');
  expect(await issued(ready.url, id, second)).toBe(401);
  await desk.press('Undo');
  expect(await issued(ready.url, id, second)).toBe(200);
});

test('a refused form keeps what was typed, and shows the call for it', async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/clients/new`);
  await desk.choose({ Role: /api_service/ });
  await desk.fill({ Name: 'Nightly export', Services: 'nonsense' });
  await expectRefused(page, 400, () => desk.press('Make client'));
  await desk.expectTyped({ Name: 'Nightly export', Services: 'nonsense' });
  await desk.expectWrong('Services', 'enter the ids of services');
  await page.getByText('Do this by API').click();
  await expect(page.getByLabel('Do this by API')).toContainText('"name":"Nightly export"');
});

test('a personal token is made, used and deleted after a question', async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/tokens/new');
  await desk.fill({ Name: 'My scripts' });
  await desk.choose({ Kind: /Personal/ });
  await desk.press('Make token');
  const token = await page.getByRole('group', { name: 'Token' }).innerText();
  const asked = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${ready.url}/auth/users/whoami`, { headers })).status;
  };
  expect(await asked()).toBe(200);
  await desk.press('Open its page');
  await desk.press('Delete…');
  await desk.press('Delete for good');
  await desk.expectToast('It is deleted for good.');
  expect(await asked()).toBe(401);
});

test("a tenant's page leads to its keys", async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/tenants/00000000-0000-7000-8000-000000000001`);
  await desk.press('New key pair…');
  await desk.fill({ Name: 'Sync' });
  await desk.press('Make key pair');
  await expect(page.getByRole('group', { name: 'Key', exact: true })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Secret', exact: true })).toBeVisible();
  await desk.open(`${ready.url}/admin/tenants/00000000-0000-7000-8000-000000000001`);
  await desk.press('Sync');
  await expect(desk.heading()).toHaveText('Sync');
});

test('what is told once is copied by a button where scripts run', async ({ ready, page, javaScriptEnabled }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: ready.url });
  const desk = new Desk(page);
  await desk.signIn(ada);
  const token = await desk.makeToken('Backup');
  const copy = page.getByRole('button', { name: 'Copy', exact: true });
  await expect(copy).toBeVisible({ visible: javaScriptEnabled });
  if (!javaScriptEnabled) return;
  await copy.click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
});
