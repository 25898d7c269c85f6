import type { CDPSession, Page } from '@playwright/test';
import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

test.use({ host: 'localhost' });

/** Gives the browser a device that holds passkeys, and whose owner proves that it is them. */
async function device(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const;
  const checks = { isUserVerified: true, automaticPresenceSimulation: true };
  await session.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...checks } });
  return session;
}

async function add(desk: Desk): Promise<void> {
  await desk.open('/account/passkeys');
  await expect(desk.page.getByText('You have no passkey yet.')).toBeVisible();
  await desk.fill({ Name: 'My phone' });
  await desk.press('Add a passkey');
  await desk.expectToast('Your passkey is added.');
}

async function leave(desk: Desk): Promise<void> {
  await desk.press('Sign out', desk.page.locator('nav.side'));
  await expect(desk.page).toHaveURL(/\/signin$/);
}

test('Ada adds a passkey, signs in with it alone and after her password, and removes it', async ({ page, ready }) => {
  expect(ready.url).toContain('//localhost:');
  const desk = new Desk(page);
  await device(page);
  await desk.open('/signin');
  await desk.signIn(ada);
  await add(desk);
  await leave(desk);

  await desk.press('Use a passkey instead');
  await desk.press('Use a passkey');
  await expect(page).toHaveURL(/\/admin\/users/);
  await leave(desk);

  await desk.fill({ 'E-mail': ada.email, Password: PASSWORD });
  await desk.press('Sign in');
  await expect(desk.heading()).toHaveText('Use your passkey');
  await desk.press('Use a passkey');
  await desk.press('Use a passkey');
  await expect(page).toHaveURL(/\/admin\/users/);

  await desk.open('/account/passkeys');
  await desk.press('My phone');
  await desk.press('Remove this passkey');
  await desk.expectToast('The passkey is removed.');
  await expect(page.getByText('You have no passkey yet.')).toBeVisible();
  await leave(desk);
  await desk.press('Use a passkey instead');
  await expectRefused(page, 401, () => desk.press('Use a passkey'));
  await expect(page.getByText("This passkey doesn't work here")).toBeVisible();
});

test('A device without a passkey is told so, and the form can be sent again', async ({ page, ready }) => {
  expect(ready.url).toContain('//localhost:');
  const desk = new Desk(page);
  const session = await device(page);
  await desk.open('/signin/passkey');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByText('Nothing was sent: it was cancelled')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeEnabled();
  await session.send('WebAuthn.disable');
});
