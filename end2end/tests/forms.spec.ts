import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { expectStayed, mark, send } from '../support/forms';
import { ada, grace, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

const PHONE = 'enter a phone number like +1 202 555 0143, or leave it empty';
const EMAIL = 'enter an e-mail address like name@example.com';
const SHORT = 'use at least 15 characters; a few words in a row are easy to remember';

test('set-up says what is wrong beside each field and keeps what was typed', async ({ castellan, page }) => {
  const desk = new Desk(page);
  await desk.open('/setup');
  const typed = { 'Set-up code': castellan.setupCode, 'Last name': 'Lovelace', 'E-mail': 'ada(at)example.com' };
  await desk.fill({ ...typed, Password: 'short' });
  await expectRefused(page, 400, () => desk.press('Set up'));
  await expect(page.getByRole('alert')).toHaveText('Nothing was saved. Correct what is marked below.');
  await desk.expectWrong('First name', 'enter a first name');
  await desk.expectWrong('E-mail', EMAIL);
  await desk.expectWrong('Password', SHORT);
  await desk.expectTyped({ ...typed, Password: '' });
});

test('a stranger without the printed code sets nothing up', async ({ castellan, page }) => {
  const desk = new Desk(page);
  await desk.open('/setup');
  const typed = { 'Set-up code': 'AAAA-BBBB', 'First name': ada.first, 'E-mail': ada.email };
  await desk.fill({ ...typed, Password: PASSWORD });
  await expectRefused(page, 400, () => desk.press('Set up'));
  await desk.expectWrong('Set-up code', "this isn't the code; the server prints it when it starts");
  await desk.expectTyped({ ...typed, Password: '' });
  await desk.open('/signin');
  await expect(page).toHaveURL(`${castellan.url}/setup`);
});

test('sign-in answers alike for a wrong password and an unknown address', async ({ ready, page }) => {
  const desk = new Desk(page);
  for (const email of [ada.email, 'nobody@example.com']) {
    await desk.open(`${ready.url}/signin?next=%2Fadmin%2Faudit`);
    await desk.fill({ 'E-mail': email, Password: 'wrong horse battery staple' });
    await expectRefused(page, 401, () => desk.press('Sign in'));
    await expect(page.getByRole('alert')).toHaveText("That e-mail and password don't match. Try again, or ask for a new password.");
    await desk.expectTyped({ 'E-mail': email, Password: '' });
  }
  await desk.fill({ 'E-mail': ada.email, Password: PASSWORD });
  await desk.press('Sign in');
  await expect(page).toHaveURL('/admin/audit');
});

test('a new user is refused field by field, and then made', async ({ ready, page, javaScriptEnabled }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/users/new`);
  const typed = { 'Last name': 'Hopper', 'Display name': 'Amazing', 'E-mail': 'grace@', Phone: 'call me' };
  await desk.fill({ ...typed, Password: 'short' });
  const role = page.getByLabel('Role', { exact: true });
  await role.selectOption({ label: 'read-only: May see everything and change nothing.' });
  await mark(page);
  await expectRefused(page, 400, () => send(desk, 'Make user', javaScriptEnabled));
  await expectStayed(page, javaScriptEnabled);
  await desk.expectWrong('First name', 'enter a first name');
  await desk.expectWrong('E-mail', EMAIL);
  await desk.expectWrong('Phone', PHONE);
  await desk.expectWrong('Password', SHORT);
  await desk.expectTyped(typed);
  await desk.expectWrong('Where the role counts', 'choose where the role counts');
  await expect(role.locator('option:checked')).toContainText('read-only');
  await expect(page.getByLabel('Tenant', { exact: true }).locator('option:checked')).toHaveText('Root');
  await desk.choose({ 'Where the role counts': 'in their tenant' });
  await desk.fill({ 'First name': 'Grace', 'E-mail': grace.email, Phone: '', Password: PASSWORD });
  await desk.press('Make user');
  await expect(desk.heading()).toHaveText('Amazing');
});

test('an address that somebody has is refused, and nobody is made', async ({ ready, page, javaScriptEnabled }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/users/new`);
  await desk.fill({ 'First name': 'Other', 'E-mail': 'ADA@example.com' });
  await expectRefused(page, 400, () => send(desk, 'Make user', javaScriptEnabled));
  await desk.expectWrong('E-mail', 'somebody already signs in with this address');
  await desk.open('/admin/users');
  await desk.expectNames(ada);
});

test('an edit is refused beside its fields and changes nothing', async ({ ready, page, javaScriptEnabled }) => {
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${path}/edit`);
  const typed = { 'First name': '', 'Last name': 'Murray', 'E-mail': 'grace', Phone: '12' };
  await desk.fill(typed);
  await mark(page);
  await expectRefused(page, 400, () => send(desk, 'Save', javaScriptEnabled));
  await expectStayed(page, javaScriptEnabled);
  await desk.expectWrong('First name', 'enter a first name');
  await desk.expectWrong('E-mail', EMAIL);
  await desk.expectWrong('Phone', PHONE);
  await desk.expectTyped(typed);
  await desk.open(path);
  await expect(desk.heading()).toHaveText(grace.name);
});

test('whoever forgot their password is told the same, known or not', async ({ ready, page }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  for (const address of [grace.email, 'nobody@example.com']) {
    await desk.open('/signin');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await desk.fill({ 'E-mail': address });
    await desk.press('Send the link');
    await desk.expectToast('If there is an account for that address, a link is on its way.');
  }
  const written = async () => (await ready.command(['outbox', 'list'])).messages;
  await expect.poll(written).toEqual([expect.objectContaining({ template: 'password-reset', to: grace.email })]);
});

test('a set-password link takes a good password once', async ({ ready, page }) => {
  await ready.add(grace);
  const link = await ready.passwordLink(grace);
  const desk = new Desk(page);
  await desk.open(link);
  await desk.fill({ 'New password': 'short', 'Once more': 'short' });
  await expectRefused(page, 400, () => desk.press('Set password'));
  await desk.expectWrong('New password', SHORT);
  await desk.fill({ 'New password': 'a new phrase of words', 'Once more': 'another phrase of words' });
  await expectRefused(page, 400, () => desk.press('Set password'));
  await desk.expectWrong('Once more', 'type the same password twice');
  await desk.expectTyped({ 'New password': '', 'Once more': '' });
  await desk.fill({ 'New password': 'a new phrase of words', 'Once more': 'a new phrase of words' });
  await desk.press('Set password');
  await desk.expectToast('Your password is set.');
  await desk.signIn(grace, 'a new phrase of words');
  await expectRefused(page, 409, () => desk.open(link));
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
});
