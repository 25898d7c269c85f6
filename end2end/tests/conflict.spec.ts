import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada, grace, mallory } from '../support/people';
import { expect, test } from '../support/test';

test('who saves second keeps what others changed, and sees theirs where both did', async ({ ready, page, context }) => {
  const path = await ready.add(grace);
  const [first, second] = [new Desk(page), new Desk(await context.newPage())];
  await first.signIn(ada);
  await first.open(`${path}/edit`);
  await second.open(`${path}/edit`);
  await first.fill({ 'Last name': 'Murray', Phone: '+1 202 555 0143' });
  await first.press('Save');

  await second.fill({ 'Last name': 'Brewster' });
  await expectRefused(second.page, 409, () => second.press('Save'));
  await expect(second.page.getByRole('alert')).toContainText('Somebody changed the display name and the phone meanwhile; that is kept.');
  await second.expectWrong('Last name', 'Yours: \u2068Brewster\u2069 / theirs: \u2068Murray\u2069');
  await second.expectTyped({ 'First name': 'Grace', 'Last name': 'Brewster', Phone: '+1 202 555 0143' });
  await second.press('Save');
  await second.expectToast('Saved.');
  await first.open(`${path}/edit`);
  await first.expectTyped({ 'Last name': 'Brewster', 'Display name': 'Grace Brewster', Phone: '+1 202 555 0143' });
});

test('a name full of markup is text on every page', async ({ ready, page }) => {
  const path = await ready.add(mallory);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/users');
  await desk.expectNames(mallory, ada);
  await expect(page.getByLabel(`Select ${mallory.name}`, { exact: true })).toBeVisible();
  await desk.search('alert(1)');
  await desk.expectNames(mallory);
  for (const tail of ['', '/edit', '/disable', '/delete']) {
    await desk.open(path + tail);
    await expect(desk.heading()).toContainText(mallory.name);
  }
  await desk.open(`${path}/edit`);
  await desk.expectTyped({ 'First name': mallory.first, 'Display name': mallory.name });
  await desk.open('/admin/audit');
  await expect(desk.rows().filter({ hasText: `added ${mallory.name}` })).toHaveCount(1);
  await expect(page.locator('img')).toHaveCount(0);
});

test('a search for markup is text too', async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/users?q=${encodeURIComponent(mallory.first)}`);
  await expect(page.getByText(`No name or e-mail contains “${mallory.first}”.`)).toBeVisible();
  await expect(page.getByRole('searchbox')).toHaveValue(mallory.first);
});
