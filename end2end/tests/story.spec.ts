import { Desk } from '../support/desk';
import { ada, grace, linus, maryam, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

test('Ada sets up, looks after three people, and the audit log tells all of it', async ({ castellan, page, visitor }) => {
  test.slow();
  const desk = new Desk(page);
  await setUp(desk, castellan.setupCode);
  await desk.signIn(ada);
  for (const person of [grace, linus, maryam]) await desk.makeUser(person);
  await desk.open('/admin/users');
  await desk.expectNames(ada, grace, linus, maryam);
  await findAndEdit(desk);

  const other = new Desk(await visitor());
  await disable(desk);
  await other.expectNoEntry(linus);
  await desk.press('Enable');
  await desk.expectToast('Linus Torvalds is enabled and can sign in again.');
  await other.signInWithoutRole(linus);

  await remove(desk);
  await expectAudit(desk);
  await leave(desk);
});

async function setUp(desk: Desk, code: string): Promise<void> {
  await desk.open('/');
  await expect(desk.page).toHaveURL('/setup');
  await desk.fill({ 'Set-up code': code, 'First name': ada.first, 'Last name': ada.last });
  await desk.fill({ 'E-mail': ada.email, Password: PASSWORD });
  await desk.press('Set up');
  await expect(desk.page).toHaveURL('/signin');
  await desk.expectToast('Castellan is set up.');
}

async function findAndEdit(desk: Desk): Promise<void> {
  await desk.search('hopp');
  await desk.expectNames(grace);
  await desk.openUser(grace);
  await desk.press('Edit…');
  await desk.fill({ 'Display name': 'Amazing Grace', Phone: '+1 202 555 0143' });
  await desk.press('Save');
  await desk.expectToast('Saved.');
  await expect(desk.heading()).toHaveText('Amazing Grace');
  await expect(desk.page.getByText('+1 202 555 0143').first()).toBeVisible();
}

async function disable(desk: Desk): Promise<void> {
  await desk.openUser(linus);
  await desk.press('Disable…');
  await expect(desk.heading()).toHaveText('Disable Linus Torvalds?');
  await desk.press('Disable');
  await desk.expectToast('Linus Torvalds is disabled. 0 sessions ended.');
}

async function remove(desk: Desk): Promise<void> {
  await desk.openUser(linus);
  await desk.press('Delete…');
  await expect(desk.heading()).toHaveText('Delete Linus Torvalds?');
  await desk.press('Delete');
  await desk.expectToast('Linus Torvalds is deleted.');
  await expect(desk.names().filter({ hasText: linus.name })).toHaveCount(0);
}

async function expectAudit(desk: Desk): Promise<void> {
  await desk.press('Audit', desk.page.locator('nav.side'));
  const told = [
    'Ada Lovelace deleted Linus Torvalds',
    'Linus Torvalds signed in',
    'Ada Lovelace enabled Linus Torvalds',
    'Ada Lovelace disabled Linus Torvalds',
    'Ada Lovelace changed Amazing Grace',
    'Ada Lovelace added مريم الأسطرلابي',
    'Ada Lovelace added Linus Torvalds',
    'Ada Lovelace added Grace Hopper',
  ];
  await expect(desk.rows().locator('td.lead')).toContainText(told);
  const edited = desk.rows().filter({ hasText: 'changed Amazing Grace' });
  await expect(edited.locator('del')).toContainText(['Grace Hopper']);
  await expect(edited.locator('ins')).toContainText(['Amazing Grace', '+1 202 555 0143']);
}

async function leave(desk: Desk): Promise<void> {
  await desk.press('Sign out', desk.page.locator('nav.side'));
  await expect(desk.page).toHaveURL('/signin');
  await desk.open('/admin/users?q=grace');
  await expect(desk.page).toHaveURL(/\/signin\?next=/);
  await desk.fill({ 'E-mail': ada.email, Password: PASSWORD });
  await desk.press('Sign in');
  await expect(desk.page).toHaveURL('/admin/users?q=grace');
}
