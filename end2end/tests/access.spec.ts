import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada, grace, linus } from '../support/people';
import { expect, test } from '../support/test';

const HOUR = 3600;

test('a role given to a group for an hour is explained while it lasts, and then is gone', async ({ ready, page, visitor }) => {
  test.slow();
  const path = await ready.add(grace);
  const [desk, hers] = [new Desk(page), new Desk(await visitor())];
  await desk.signIn(ada);
  await makeRole(desk, 'Helpers', ['users.list', 'users.read']);
  await makeGroup(desk, 'Help desk');
  await desk.fill({ 'E-mail': grace.email });
  await desk.press('Add');
  await desk.expectToast('Added to Help desk.');
  await giveForAnHour(desk);

  await expectWhy(desk, path);
  await hers.signIn(grace);
  await hers.open(path);
  await expect(hers.heading()).toHaveText(grace.name);

  await ready.pass(HOUR + 60);
  await expectRefused(hers.page, 403, () => hers.open(path));
  await expect(hers.page.getByText('You need users.read: See people and their details.')).toBeVisible();
  await desk.open(path);
  await expect(page.getByText('Nothing here yet. Give them access above.')).toBeVisible();
  await desk.open('/admin/permissions/users.read');
  await expect(desk.names()).toHaveText([ada.name]);
});

async function makeRole(desk: Desk, name: string, permissions: string[]): Promise<void> {
  await desk.open('/admin/roles/new');
  await desk.fill({ Name: name });
  for (const permission of permissions) await desk.page.locator(`[name="pattern"][value="${permission}"]`).check();
  await desk.press('Make role');
  await desk.expectToast(`${name} is made.`);
}

async function makeGroup(desk: Desk, name: string): Promise<void> {
  await desk.open('/admin/groups/new');
  await desk.fill({ Name: name });
  await desk.choose({ Tenant: 'Root' });
  await desk.press('Make group');
  await desk.expectToast(`${name} is made.`);
}

async function giveForAnHour(desk: Desk): Promise<void> {
  await desk.press('Give access…');
  await desk.choose({ Role: 'Helpers', Lasts: '1 hour' });
  await desk.fill({ Reason: 'covers for the night shift' });
  const effect = await desk.ask();
  await expect(effect).toContainText(/1person gains users\.read, users\.list until .*\d\d:\d\d UTC/);
  await desk.press('Give access');
  await desk.expectToast('Access given to Help desk.');
  await expect(desk.page.getByText('ends in 1 hour')).toBeVisible();
}

async function expectWhy(desk: Desk, path: string): Promise<void> {
  await desk.open(path);
  const why = desk.page.locator('details.why').filter({ hasText: 'users.read' });
  await why.locator('summary').click();
  await expect(why.locator('.path')).toHaveText(/role Helpers.*group Help desk.*ends in 1 hour/);
  await desk.open('/admin/permissions/users.read');
  await expect(desk.names()).toHaveText([ada.name, grace.name]);
}

test('a role is edited knowingly, compared, rolled back, deleted and brought back', async ({ ready, page }) => {
  test.slow();
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await makeRole(desk, 'Helpers', ['users.read']);
  const role = new URL(page.url()).pathname;
  await desk.open(`/admin/grants/new?user=${path.split('/').pop()}`);
  await desk.choose({ Role: 'Helpers' });
  await desk.press('Give access');

  await saveSecond(desk, role);
  await rollBack(desk, role);
  await deleteAndUndo(desk, role, path);
});

async function saveSecond(desk: Desk, role: string): Promise<void> {
  await desk.open(role);
  await desk.page.locator('[value="users.read"]').uncheck();
  await desk.page.locator('[value="audit.read"]').check();
  await desk.fill({ Reason: 'auditors only' });
  const effect = await desk.ask();
  await expect(effect).toContainText('1person loses users.read');
  await expect(effect).toContainText('1person gains audit.read');
  await desk.press('Save as version 2');
  await desk.expectToast('Helpers is saved as version 2.');
}

async function rollBack(desk: Desk, role: string): Promise<void> {
  await desk.open(`${role}/versions?a=1&b=2`);
  await expect(desk.page.locator('section.card ins').first()).toHaveText('+ audit.read');
  await expect(desk.page.locator('section.card del').first()).toHaveText('− users.read');
  await expect(desk.rows().first()).toContainText('“auditors only”');
  await desk.press('Restore version 1');
  await expect(desk.page.locator('.would')).toContainText('1person gains users.read');
  await desk.fill({ Reason: 'they need it' });
  await desk.press('Restore version');
  await desk.expectToast('Helpers is saved as version 3.');
  await expect(desk.page.getByText('“they need it”')).toBeVisible();
  await expect(desk.page.locator('[value="users.read"]')).toBeChecked();
}

async function deleteAndUndo(desk: Desk, role: string, path: string): Promise<void> {
  await desk.press('Delete…');
  const holders = desk.page.locator('section.card', { hasText: 'Given to 1 person' });
  await expect(holders.getByRole('link', { name: grace.name })).toBeVisible();
  await expect(desk.page.locator('.would')).toContainText('1person loses users.read');
  await desk.press('Delete role');
  await desk.expectToast('Helpers is deleted.');
  await desk.open(path);
  await expect(desk.page.getByText('Nothing is given to them directly.')).toBeVisible();
  await desk.open('/admin/audit');
  await desk.press('Restore…', desk.rows().filter({ hasText: 'deleted the role Helpers' }));
  await desk.press('Restore');
  await desk.expectToast('Restored.');
  await desk.open(path);
  await expect(desk.page.locator('.rows b', { hasText: 'Helpers' })).toBeVisible();
  await desk.open(role);
  await expect(desk.heading()).toHaveText('Helpers');
}

test('two people edit one role: the second sees both edits put together', async ({ ready, page, context }) => {
  const [first, second] = [new Desk(page), new Desk(await context.newPage())];
  await first.signIn(ada);
  await makeRole(first, 'Helpers', ['users.read']);
  const role = new URL(page.url()).pathname;
  await second.open(role);
  await first.page.locator('[value="roles.read"]').check();
  await first.press('Save as version 2');

  await second.page.locator('[value="groups.read"]').check();
  await expectRefused(second.page, 409, () => second.press('Save as version 2'));
  await expect(second.page.getByRole('heading', { name: 'Saved meanwhile as version 2' })).toBeVisible();
  await second.press('Save as version 3');
  await second.expectToast('Helpers is saved as version 3.');
  for (const permission of ['users.read', 'roles.read', 'groups.read']) {
    await expect(second.page.locator(`[name="pattern"][value="${permission}"]`)).toBeChecked();
  }
});

test('a permission is found among all, and what was ticked stays', async ({ ready, page, javaScriptEnabled }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/roles/new');
  const box = (permission: string) => page.locator(`[name="pattern"][value="${permission}"]`);
  const find = async (text: string) => {
    await page.getByRole('searchbox').fill(text);
    if (!javaScriptEnabled) await desk.press('Find');
  };
  await box('audit.read').check();
  await find('users.list');
  await expect(box('audit.read')).toBeHidden();
  await expect(box('users.list')).toBeVisible();
  await expect(box('audit.read')).toBeChecked();
  await find('zzz');
  await expect(page.getByText('No permission matches “zzz”.')).toBeVisible();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('Auditors');
  await name.press('Enter');
  await desk.expectToast('Auditors is made.');
  await expect(box('audit.read')).toBeChecked();
});

test('a deleted user comes back from the message that said so', async ({ ready, page }) => {
  const path = await ready.add(linus, 'read-only');
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${path}/delete`);
  await expect(page.locator('.would')).toContainText(/1person loses each of \d+ permissions\s*Linus Torvalds.*users\.read/);
  await desk.press('Delete');
  await desk.expectToast('Linus Torvalds is deleted. You can restore them for 30 days.');
  await desk.press('Restore');
  await desk.expectToast('Restored.');
  await expect(page).toHaveURL('/admin/users');
  await desk.open(path);
  await expect(desk.heading()).toHaveText(linus.name);
  await expect(page.getByText('Pending').first()).toBeVisible();
  await desk.open('/admin/audit');
  await desk.press('Undo…', desk.rows().filter({ hasText: 'restored Linus Torvalds' }));
  await desk.press('Undo');
  await expectRefused(page, 404, () => desk.open(path));
});

test('a deleted user comes back from the list of what was deleted', async ({ ready, page }) => {
  const path = await ready.add(linus, 'read-only');
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${path}/delete`);
  await desk.press('Delete');
  await desk.press('Deleted');
  await expect(desk.rows()).toHaveCount(1);
  await expect(desk.rows()).toContainText('30 days left');
  await desk.press(`Restore… ${linus.name}`);
  await expect(page.locator('.would')).toContainText(/1person gains each of \d+ permissions\s*Linus Torvalds/);
  await desk.press('Restore');
  await desk.expectToast('Restored.');
  await expect(page).toHaveURL('/admin/deleted');
  await expect(desk.rows()).toHaveCount(0);
});

test('whoever works in a tenant sees that tenant and nothing else', async ({ ready, page }) => {
  await ready.command(['tenant', 'create', '--slug', 'north', '--name', 'Northwind']);
  const path = await ready.add(grace);
  await ready.command(['user', 'create', '--email', linus.email, '--first-name', linus.first, '--last-name', linus.last, '--tenant', 'north']);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/workplace');
  await desk.press('Switch to Northwind');
  await expect(page).toHaveURL('/t/north/users');
  await desk.expectNames(linus);
  await expectRefused(page, 404, () => desk.open(path.replace('/admin', '/t/north')));
  await desk.open('/t/north/tenants');
  await expect(desk.rows()).toHaveCount(1);
  await desk.open('/t/north/workplace');
  await desk.press('Switch to Everywhere');
  await desk.open(path);
  await expect(desk.heading()).toHaveText(grace.name);
});

test('two tabs are in two tenants, also on a phone', async ({ ready, page, context, javaScriptEnabled }) => {
  await ready.command(['tenant', 'create', '--slug', 'north', '--name', 'Northwind']);
  await ready.command(['tenant', 'create', '--slug', 'south', '--name', 'Southwind']);
  const north = new Desk(page);
  await north.signIn(ada);
  const south = new Desk(await context.newPage());
  await north.open('/t/north/groups/new');
  await south.open('/t/south/groups/new');
  for (const desk of [north, south]) await desk.page.setViewportSize({ width: 360, height: 800 });
  await expect(north.page.locator('header.top').getByText('Northwind').first()).toBeVisible();
  await north.fill({ Name: 'Team North' });
  await north.press('Make group');
  await south.fill({ Name: 'Team South' });
  await south.press('Make group');
  await expect(north.page).toHaveURL(/\/t\/north\/groups\//);
  await expect(south.page.getByText('in Southwind')).toBeVisible();
  if (!javaScriptEnabled) return;
  await north.page.setViewportSize({ width: 1200, height: 800 });
  await north.open('/t/north/users');
  await north.search('nobody at all');
  await expect(north.page).toHaveURL('/t/north/users?q=nobody+at+all');
});

test('the log is checked, filtered and taken elsewhere', async ({ ready, page }) => {
  await ready.add(grace);
  await ready.add(linus);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/audit');
  await desk.press('Check now');
  await expect(page.getByText('events are as they were written')).toBeVisible();
  await page.getByText('Filter', { exact: true }).click();
  await desk.fill({ 'Done to': grace.email });
  await desk.press('Show');
  await expect(desk.rows()).toHaveCount(1);
  await expect(desk.rows()).toContainText('added Grace Hopper');
  const csv = await page.request.get(`/admin/audit/export.csv${new URL(page.url()).search}`);
  expect((await csv.text()).trim().split('\r\n')).toHaveLength(2);
  const jsonl = await page.request.get('/admin/audit/export.jsonl');
  const first = JSON.parse((await jsonl.text()).split('\n')[0]);
  expect(first.actor.name).toBe(ada.name);
});
