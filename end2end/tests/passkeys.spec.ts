import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { leave } from '../support/letters';
import { addPasskey, device } from '../support/passkeys';
import { ada, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

test.use({ host: 'localhost' });

test('Ada adds a passkey, signs in with it alone and after her password, and removes it', async ({ page, ready }) => {
  expect(ready.url).toContain('//localhost:');
  const desk = new Desk(page);
  await device(page);
  await desk.open('/signin');
  await desk.signIn(ada);
  await addPasskey(desk);
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

  // What opens the account asks for her once more, some time after.
  await ready.pass(11 * 60);
  await desk.open('/account/tokens');
  await desk.fill({ Name: 'Backup' });
  await desk.press('Make token');
  await desk.press('Use a passkey instead');
  await desk.press('Use a passkey');
  await expect(page).toHaveURL('/account/tokens');
  await desk.press('Make token');
  await expect(page.locator('.secret')).toContainText('cst_');

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
