import { Desk } from '../support/desk';
import { ada, grace, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

test('somebody is invited, and the link of the mail in the outbox lets them in', async ({ ready, page, visitor }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/users');
  await desk.press('Invite…');
  await desk.fill({ 'E-mail': grace.email, 'First name': grace.first, 'Last name': grace.last });
  await desk.press('Invite');
  await desk.expectToast('An invitation is on its way by mail.');
  await expect(desk.rows()).toContainText(grace.email);
  await desk.open('/admin/outbox?state=waiting');
  await desk.press(grace.email, desk.rows());
  await expect(page.locator('p.letter')).toContainText('code=********');
  await expect(page.locator('iframe')).toHaveAttribute('src', /\/letter$/);
  await desk.press('Show the link');
  const link = (await page.locator('.secret').textContent()) ?? '';
  expect(link).toContain(`${ready.url}/activate?user=`);
  const guest = new Desk(await visitor());
  await guest.open(link);
  await guest.fill({ 'New password': PASSWORD, 'Once more': PASSWORD });
  await guest.press('Set password');
  await guest.signInWithoutRole(grace);
  await desk.open('/admin/invitations');
  await expect(page.getByText('No invitation waits')).toBeVisible();
});

test('a session that is ended elsewhere is dead on its next request', async ({ ready, page, visitor }) => {
  await ready.add(grace, 'admin');
  const [desk, guest] = [new Desk(page), new Desk(await visitor())];
  await guest.signIn(grace);
  await guest.open('/admin/users');
  await desk.signIn(ada);
  await desk.openUser(grace);
  await desk.press('End the session in Chrome on Linux');
  await desk.expectToast('1 session ended.');
  await expect(page.getByText('They are signed in nowhere.')).toBeVisible();
  await guest.open('/admin/users');
  await expect(guest.page).toHaveURL('/signin?next=%2Fadmin%2Fusers');
});

test('a temporary password is shown once, and has to be changed', async ({ ready, page, visitor }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.openUser(grace);
  await desk.press('Temporary password…');
  await desk.press('Make a temporary password');
  const password = (await page.locator('.secret').textContent()) ?? '';
  await desk.press('Done');
  await expect(page.locator('.secret')).toHaveCount(0);
  const guest = new Desk(await visitor());
  await guest.open('/signin');
  await guest.fill({ 'E-mail': grace.email, Password: password });
  await guest.press('Sign in');
  await expect(guest.page).toHaveURL('/change-password');
});

test('a setting says what it would do before it is saved', async ({ ready, page }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/settings');
  await desk.choose({ 'Second factor': 'required of everybody' });
  const effect = await desk.ask();
  await expect(effect).toContainText('2 people must set up a second factor at their next sign-in.');
  await desk.press('Save');
  await desk.expectToast('Saved.');
});
