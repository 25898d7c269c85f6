import { type CDPSession, expect, type Page } from '@playwright/test';
import type { Desk } from './desk';

/** Gives the browser a device that holds passkeys, and whose owner proves that it is them. */
export async function device(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const;
  const checks = { isUserVerified: true, automaticPresenceSimulation: true };
  await session.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...checks } });
  return session;
}

/** Adds the first passkey, on the page for that. */
export async function addPasskey(desk: Desk): Promise<void> {
  await desk.open('/account/passkeys');
  await expect(desk.page.getByText('You have no passkey yet.')).toBeVisible();
  await desk.fill({ Name: 'My phone' });
  await desk.press('Add a passkey');
  await desk.expectToast('Your passkey is added.');
}
