import type { Page } from '@playwright/test';
import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada, grace, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';
import { code } from '../support/totp';

/** Signs in as far as the password leads. */
async function password(desk: Desk): Promise<void> {
  await desk.open('/signin');
  await desk.fill({ 'E-mail': grace.email, Password: PASSWORD });
  await desk.press('Sign in');
}

async function leave(page: Page): Promise<void> {
  await new Desk(page).press('Sign out', page.locator('nav.side'));
  await expect(page).toHaveURL(/\/signin$/);
}

test('Grace sets up an app, comes in by it and by a recovery code, and by none of them twice', async ({ ready, page }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signInWithoutRole(grace);
  await desk.open('/account/security');
  await desk.press('Set up an authenticator app');
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  await desk.fill({ Code: code(secret) });
  await desk.press('Use this app');
  const codes = await page.locator('ol.secret li').allTextContents();
  expect(codes).toHaveLength(10);
  await desk.press('I have kept them');
  await expect(page.getByText('You have ⁨10⁩ left.')).toBeVisible();
  await leave(page);

  await password(desk);
  await desk.fill({ Code: codes[0] });
  await desk.press('Go on');
  await expect(desk.heading()).toHaveText('You have no role yet');
  await leave(page);

  await password(desk);
  await desk.fill({ Code: codes[0] });
  await expectRefused(page, 401, () => desk.press('Go on'));
  await desk.fill({ Code: code(secret, 1) });
  await desk.press('Go on');
  await expect(desk.heading()).toHaveText('You have no role yet');
});

test('whoever must have a second factor sets one up at sign-in, and keeps the codes', async ({ ready, page, visitor }) => {
  await ready.add(grace);
  const admin = new Desk(await visitor());
  await admin.signIn(ada);
  await admin.open('/admin/settings');
  await admin.choose({ 'Second factor': 'required of everybody' });
  await admin.press('Save');
  const desk = new Desk(page);
  await password(desk);
  await expect(desk.heading()).toHaveText('Set up a second factor');
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  await desk.fill({ Code: code(secret) });
  await desk.press('Go on');
  await expect(page.locator('ol.secret li')).toHaveCount(10);
  await desk.press('I have kept them');
  await expect(desk.heading()).toHaveText('You have no role yet');
  await desk.open('/account/security');
  await expect(page.getByText('it can be replaced and not removed')).toBeVisible();
});

test('a token of her own works until it is turned off', async ({ ready, page, request }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signInWithoutRole(grace);
  const token = await desk.makeToken('Backup');
  const whoami = async () =>
    (await request.get(`${ready.url}/auth/users/whoami`, { headers: { authorization: `Bearer ${token}` } })).status();
  expect(await whoami()).toBe(200);
  await desk.open('/account/tokens');
  await expect(page.locator('.secret')).toHaveCount(0);
  await desk.press('Turn off');
  expect(await whoami()).toBe(401);
  await desk.press('Turn on');
  expect(await whoami()).toBe(200);
  await page.locator('summary', { hasText: 'Delete' }).click();
  await desk.press('Delete');
  expect(await whoami()).toBe(401);
});

test('Grace changes her names and language, and signs out elsewhere', async ({ ready, page, visitor }) => {
  await ready.add(grace);
  const [desk, other] = [new Desk(page), new Desk(await visitor())];
  await desk.signInWithoutRole(grace);
  await other.signInWithoutRole(grace);
  await desk.open('/account/security');
  await desk.press('Sign out: Chrome, Linux', page.getByRole('listitem'));
  await other.page.goto('/account');
  await expect(other.page).toHaveURL('/signin?next=%2Faccount');
  await desk.open('/account');
  await desk.fill({ 'Display name': 'Amazing Grace' });
  await desk.choose({ Language: 'Deutsch' });
  await desk.press('Save');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(desk.heading()).toHaveText('Amazing Grace');
});
