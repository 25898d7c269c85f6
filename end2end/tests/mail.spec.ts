import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { askForLink, expectDead, expectOwn, expectStranger, follow, leave, NEW, setPassword } from '../support/letters';
import { link, said } from '../support/mailbox';
import { addPasskey, device } from '../support/passkeys';
import { ada, grace, PASSWORD } from '../support/people';
import type { Server } from '../support/server';
import { expect, testWithMail as test } from '../support/test';
import { code } from '../support/totp';

const EIGHT_DIGITS = /^\d{4} \d{4}$/m;
// Names stand between marks that keep their direction from what is around them.
const INTO_ROOT = 'Your account in \u2068Root\u2069';

// The server hands mail over every two seconds, and some stories read several messages.
test.describe.configure({ timeout: 90_000 });

test('Grace forgot her password, and sets another by a link that works once', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, other, scanner] = [new Desk(page), new Desk(await visitor()), new Desk(await visitor())];
  await other.signInWithoutRole(grace);
  await askForLink(desk, grace.email);
  const mail = await mailbox.next(grace.email, 'Set a new password');
  expect(mail.from).toBe('"Castellan" <castellan@example.com>');
  // Programs that look for harm in mail open its links; that changes nothing, as often as they do.
  for (let times = 0; times < 2; times++) {
    await scanner.open(link(mail));
    await expect(scanner.heading()).toHaveText('Set your password');
    await expectOwn(other, grace.email);
  }

  await follow(desk, mail, 'Set a new password');
  await setPassword(desk, NEW);
  await expectStranger(desk);
  await expectStranger(other);
  const changed = await mailbox.next(grace.email, 'Your password was changed');
  await follow(other, changed, 'Ask for a new password');
  await expect(other.heading()).toHaveText('Forgot your password?');

  // What was opened before works no more either.
  await scanner.fill({ 'New password': PASSWORD, 'Once more': PASSWORD });
  await expectRefused(scanner.page, 409, () => scanner.press('Set password'));
  await expectDead(scanner, link(mail));
  await desk.expectNoEntry(grace);
  await desk.signIn(grace, NEW);
  await expectOwn(desk, grace.email);
});

test('whoever asks for an address that nobody has is told the same, and no mail goes there', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, other] = [new Desk(page), new Desk(await visitor())];
  await askForLink(desk, 'nobody@example.com');
  await askForLink(other, grace.email);
  expect(await page.locator('body').innerText()).toBe(await other.page.locator('body').innerText());
  // Requests are answered in order, and mail leaves in order.
  await mailbox.next(grace.email, 'Set a new password');
  expect(mailbox.recipients).toEqual([grace.email]);
});

test('a newer link ends the one before, also one that an administrator sends', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await askForLink(guest, grace.email);
  const first = await mailbox.next(grace.email, 'Set a new password');
  await desk.signIn(ada);
  await desk.openUser(grace);
  await desk.press('Send reset link');
  await desk.expectToast('A link is on its way by mail. Older ones stop working.');
  const second = await mailbox.next(grace.email, 'Set a new password');
  await expectDead(guest, link(first));
  await follow(guest, second, 'Set a new password');
  await setPassword(guest, NEW);
  await mailbox.next(grace.email, 'Your password was changed');
  await guest.signIn(grace, NEW);
});

/** Calls the server as a program does. */
async function call(server: Server, token: unknown, [method, path]: [string, string], body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  expect(answer.ok, text).toBe(true);
  return JSON.parse(text);
}

/** A token for a program that may what Ada may. */
async function tokenOfAda(server: Server): Promise<unknown> {
  return (await server.command(['token', 'create', '--user', ada.email, '--name', 'Personnel'])).token;
}

/** Invites Grace, by the page for that. */
async function invite(desk: Desk): Promise<void> {
  await desk.open('/admin/users/invite');
  await desk.fill({ 'E-mail': grace.email, 'First name': grace.first, 'Last name': grace.last });
  await desk.press('Invite');
  await desk.expectToast('An invitation is on its way by mail.');
}

test('an invitation that is sent again ends the link before it', async ({ ready, mailbox, page, visitor }) => {
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  await invite(desk);
  const first = await mailbox.next(grace.email, INTO_ROOT);
  expect(link(first)).toContain(`${ready.url}/activate?user=`);
  await desk.press(`Send the invitation of ${grace.email} again`);
  await desk.expectToast('A link is on its way by mail. Older ones stop working.');
  const second = await mailbox.next(grace.email, INTO_ROOT);
  await expectDead(guest, link(first));
  await follow(guest, second, 'Open my account');
  await setPassword(guest, NEW);
  await mailbox.next(grace.email, 'Your password was changed');
  await guest.signIn(grace, NEW);
  await desk.open('/admin/invitations');
  await expect(page.getByText('No invitation waits')).toBeVisible();
});

test('somebody who is known comes into another tenant by one button', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  await ready.command(['tenant', 'create', '--slug', 'acme', '--name', 'Acme']);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  await desk.open('/t/acme/users/invite');
  await desk.fill({ 'E-mail': grace.email, 'First name': 'Somebody' });
  await desk.press('Invite');
  const mail = await mailbox.next(grace.email, 'Your account in \u2068Acme\u2069');
  await guest.open(link(mail));
  await desk.open('/t/acme/invitations');
  await expect(desk.rows()).toContainText(grace.email);
  await follow(guest, mail, 'Open my account');
  await expect(guest.heading()).toHaveText('Come into \u2068Acme\u2069');
  await guest.press('Come in');
  await guest.expectToast('You belong to it now. Sign in.');
  await expectDead(guest, link(mail));
  await desk.open('/t/acme/users');
  await desk.expectNames(grace);
  await guest.signInWithoutRole(grace);
});

test('somebody confirms her address by the newest link alone', async ({ ready, mailbox, page, visitor }) => {
  const body = { username: grace.email, givenName: grace.first, familyName: grace.last, accountRole: 'spadmin', password: PASSWORD };
  await call(ready, await tokenOfAda(ready), ['POST', '/v1/users'], body);
  const first = await mailbox.next(grace.email, 'Confirm your address');
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await guest.open('/signin');
  await guest.fill({ 'E-mail': grace.email, Password: PASSWORD });
  await guest.press('Sign in');
  await guest.fill({ 'New password': NEW, 'Once more': NEW });
  await guest.press('Set password');
  await mailbox.next(grace.email, 'Your password was changed');
  await guest.open('/account');
  await guest.press('Send a link to confirm it');
  await guest.expectToast('A link is on its way.');
  const second = await mailbox.next(grace.email, 'Confirm your address');
  await desk.signIn(ada);
  await desk.openUser(grace);
  await desk.press('Send link to confirm the address');
  const third = await mailbox.next(grace.email, 'Confirm your address');
  for (const mail of [first, second]) await expectDead(guest, link(mail));
  await guest.open(link(third));
  await guest.open('/account');
  await expect(guest.page.getByText('It isn’t confirmed yet.')).toBeVisible();
  await follow(guest, third, 'Confirm this address');
  await guest.press('Confirm this address');
  await guest.open('/account');
  await expect(guest.page.getByText('It is confirmed.')).toBeVisible();
});

test('who is made without a password gets mail in her language, and the pages that it leads to', async ({ ready, mailbox, page, visitor }) => {
  const german = (name: string) => said('de', name);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  await desk.open('/admin/users/new');
  await desk.fill({ 'First name': grace.first, 'Last name': grace.last, 'E-mail': grace.email, Locale: 'de_AT' });
  await desk.press('Make user');
  await desk.press('Send activation link');
  const mail = await mailbox.next(grace.email, german('activation-subject'));
  expect(mail.language).toBe('de');
  expect(link(mail)).toContain(`${ready.url}/activate?user=`);
  expect(mail.text).toContain(german('activation-body'));
  await follow(guest, mail, german('activation-action'));
  await expect(guest.page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(guest.heading()).toHaveText(german('page-set-password'));
  await guest.fill({ [german('page-new-password')]: NEW, [german('page-once-more')]: NEW });
  await guest.press(german('page-set-password-action'));
  await expect(guest.page).toHaveURL('/signin?lang=de');
  await guest.expectToast(german('done-password-set'));
  await mailbox.next(grace.email, german('password-changed-subject'));
  await expectRefused(guest.page, 409, () => guest.open(link(mail)));
  await expect(guest.heading()).toHaveText(german('page-dead'));

  // In another browser, which asks in English.
  const other = new Desk(await visitor());
  await askForLink(other, grace.email);
  const reset = await mailbox.next(grace.email, german('password-reset-subject'));
  await follow(other, reset, german('password-reset-action'));
  await expect(other.heading()).toHaveText(german('page-set-password'));
});

test('whom a portal invites by its program comes in by the link', async ({ ready, mailbox, page }) => {
  await ready.command(['tenant', 'create', '--slug', 'partners', '--name', 'Partners', '--kind', 'portal']);
  const role = ['role', 'create', '--tenant', 'partners', '--name', 'Guests', '--permission', 'users.list'];
  const { id } = await ready.command(role);
  const { key } = await ready.command(['key', 'create', '--tenant', 'partners', '--kind', 'service', '--name', 'Sync', '--role', 'admin']);
  const body = { first_name: grace.first, last_name: grace.last, email: grace.email, roles: [id], locale: 'en_GB' };
  await call(ready, key, ['POST', '/v1/partner-portals/partners/users'], body);
  const mail = await mailbox.next(grace.email, 'You are invited to \u2068Partners\u2069');
  const desk = new Desk(page);
  await follow(desk, mail, 'Set your password');
  await setPassword(desk, NEW);
  await mailbox.next(grace.email, 'Your password was changed');
  await desk.fill({ 'E-mail': grace.email, Password: NEW });
  await desk.press('Sign in');
  await expect(page).toHaveURL('/t/partners/users');
});

test('whom a program made with a second factor types a code that came by mail', async ({ ready, mailbox, page }) => {
  const groups: number[] = [];
  const body = { name: grace.name, email: grace.email, password: PASSWORD, active: true, tfa: true, groups, sendNotify: true };
  const token = await tokenOfAda(ready);
  const { id } = await call(ready, token, ['POST', '/api/v2/users'], body);
  await mailbox.next(grace.email, 'Signing in takes a code from now on');
  const made = await mailbox.next(grace.email, 'A profile was made for you');
  await call(ready, token, ['PATCH', `/api/v2/users/${id}`], { phone: '+12025550143', sendNotify: true });
  await mailbox.next(grace.email, 'Your profile was changed');
  const desk = new Desk(page);
  await follow(desk, made, 'Set your password');
  await setPassword(desk, NEW);
  await mailbox.next(grace.email, 'Your password was changed');

  await desk.fill({ 'E-mail': grace.email, Password: NEW });
  await desk.press('Sign in');
  await expect(page).toHaveURL('/signin/second-factor');
  const typed = async () => {
    const mail = await mailbox.next(grace.email, 'Your code to sign in');
    expect(mail.text).not.toContain('://');
    expect(mail.text).toMatch(EIGHT_DIGITS);
    return EIGHT_DIGITS.exec(mail.text)?.[0] ?? '';
  };
  const first = await typed();
  await desk.press('Send another code');
  await desk.expectToast('Another code is on its way. The one before it works no more.');
  const second = await typed();
  await desk.fill({ Code: first });
  await expectRefused(page, 401, () => desk.press('Go on'));
  await expectStranger(desk);
  await desk.open('/signin/second-factor');
  await desk.fill({ Code: second });
  await desk.press('Go on');
  await expectOwn(desk, grace.email);
});

test('a browser that is new and wrong passwords are told by mail', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, other] = [new Desk(page), new Desk(await visitor())];
  await desk.signInWithoutRole(grace);
  await leave(desk);
  await desk.signInWithoutRole(grace);
  await other.signInWithoutRole(grace);
  const mail = await mailbox.next(grace.email, 'Somebody signed in from another browser');
  expect(mail.text).toContain('Chrome, Linux');

  // The first browser of all is nothing new, and the same one again isn't either: the next message is about something else.
  await ready.lockOut(grace);
  const locked = await mailbox.next(grace.email, 'Sign-in to your account has to wait');
  const stranger = new Desk(await visitor());
  await follow(stranger, locked, 'Ask for a new password');
  await expect(stranger.heading()).toHaveText('Forgot your password?');
  await stranger.open('/signin');
  await stranger.fill({ 'E-mail': grace.email, Password: PASSWORD });
  await expectRefused(stranger.page, 429, () => stranger.press('Sign in'));
  // Her own browsers still let her in, as the mail says.
  await leave(desk);
  await desk.signInWithoutRole(grace);
});

test('Grace is told of everything that opens her account', async ({ ready, mailbox, page }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signInWithoutRole(grace);
  const token = await desk.makeToken('Backup');
  const made = await mailbox.next(grace.email, 'A personal token of your account was made or renewed');
  expect(made.text).toContain('“\u2068Backup\u2069”');
  expect(made.text + made.html).not.toContain(token);

  await desk.open('/account/security');
  await desk.press('Set up an authenticator app');
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  await desk.fill({ Code: code(secret) });
  await desk.press('Use this app');
  const codes = await page.locator('ol.secret li').allTextContents();
  await mailbox.next(grace.email, 'An authenticator app was set up for your account');
  await desk.press('I have kept them');
  await leave(desk);
  await desk.fill({ 'E-mail': grace.email, Password: PASSWORD });
  await desk.press('Sign in');
  await desk.fill({ Code: codes[0] });
  await desk.press('Go on');
  await mailbox.next(grace.email, 'A recovery code was used');

  await desk.open('/account/recovery-codes');
  await desk.press('Make new codes');
  await mailbox.next(grace.email, 'New recovery codes were made for your account');
  await desk.open('/account/second-factor/remove');
  await desk.press('Remove it');
  await mailbox.next(grace.email, 'Your second factor was removed');
  await desk.open('/change-password');
  await desk.fill({ 'Your password': PASSWORD, 'New password': NEW, 'Once more': NEW });
  await desk.press('Set password');
  await mailbox.next(grace.email, 'Your password was changed');
});

test.describe('at a host that has a name', () => {
  test.use({ host: 'localhost' });

  test('Ada is told of passkeys that are added and removed', async ({ ready, mailbox, page, javaScriptEnabled }) => {
    test.skip(!javaScriptEnabled, 'browsers hand out passkeys to JavaScript alone');
    expect(ready.url).toContain('//localhost:');
    const desk = new Desk(page);
    await device(page);
    await desk.signIn(ada);
    await addPasskey(desk);
    const added = await mailbox.next(ada.email, 'A passkey was added to your account');
    expect(added.text).toContain('“\u2068My phone\u2069”');
    await desk.press('My phone');
    await desk.press('Remove this passkey');
    await mailbox.next(ada.email, 'A passkey was removed from your account');
  });
});

test('mail waits while the mail server takes none, and what was sent can be sent again', async ({ ready, mailbox, page, visitor }) => {
  await ready.add(grace);
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  mailbox.refuse('The post office is closed.');
  await desk.open('/admin/settings');
  await desk.press('Send a test mail');
  // It is refused, or noted as sent, soon after it is written.
  const shown = (to: string) => async () => {
    await desk.open('/admin/outbox');
    await desk.press(to, desk.rows());
    return page.locator('main').innerText();
  };
  await expect.poll(shown(ada.email), { timeout: 20_000 }).toContain('The post office is closed.');
  mailbox.refuse();
  await ready.pass(60);
  await mailbox.next(ada.email, 'Mail from Castellan arrives');

  await askForLink(guest, grace.email);
  const first = await mailbox.next(grace.email, 'Set a new password');
  await expect.poll(shown(grace.email)).toContain('The link that was here was sent, and is kept nowhere.');
  await expect(page.getByRole('button', { name: 'Show the link' })).toHaveCount(0);
  await desk.press('Send again');
  const second = await mailbox.next(grace.email, 'Set a new password');
  await expectDead(guest, link(first));
  await follow(guest, second, 'Set a new password');
  await setPassword(guest, NEW);
});
