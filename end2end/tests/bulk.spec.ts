import { Desk } from '../support/desk';
import { expectRefused } from '../support/guard';
import { ada, grace, linus, type Person } from '../support/people';
import { expect, test } from '../support/test';

test('several people are disabled and enabled at once, after a preview that names them', async ({ ready, page }) => {
  const desk = await listOf(ready, page);
  await choose(desk, grace, linus);
  await desk.press('Disable…');
  await expect(desk.heading()).toHaveText('Disable 2 people?');
  await expect(group(desk, 'Will change')).toHaveText([/Grace Hopper/, /Linus Torvalds/]);
  await desk.press('Disable');
  await desk.expectToast('Done for 2 people.');
  await expect(desk.rows().filter({ hasText: 'Disabled' })).toHaveCount(2);
  await choose(desk, grace);
  await desk.press('Enable…');
  await desk.press('Enable');
  await desk.expectToast('Done for 1 person.');
  await expect(desk.rows().filter({ hasText: 'Disabled' })).toHaveText(/Linus Torvalds/);
});

test('the preview says who stays as they are, and why', async ({ ready, page }) => {
  const desk = await listOf(ready, page);
  await ready.command(['user', 'disable', linus.email]);
  await choose(desk, ada, grace, linus);
  await desk.press('Disable…');
  await expect(group(desk, 'Will change')).toHaveText([/Grace Hopper/]);
  await expect(group(desk, 'Stay as they are')).toHaveText([
    /Ada Lovelace.*you can't do this to yourself; ask another administrator/s,
    /Linus Torvalds.*already so/s,
  ]);
  await desk.press('Disable');
  await desk.expectToast('Done for 1 person.');
});

test('choosing only yourself changes nothing', async ({ ready, page }) => {
  const desk = await listOf(ready, page);
  await choose(desk, ada);
  await desk.press('Delete…');
  await expect(page.getByText('Nothing would change.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete', exact: true })).toHaveCount(0);
  await desk.press('Cancel');
  await desk.expectNames(ada, grace, linus);
});

test('everybody on a page is chosen by one box, and then deleted', async ({ ready, page, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'needs scripts');
  const desk = await listOf(ready, page);
  await expect(page.getByRole('button', { name: 'Delete…' })).toBeDisabled();
  await page.getByLabel('Select everybody on this page').check();
  await expect(page.getByText('3 selected')).toBeVisible();
  await desk.press('Delete…');
  await desk.press('Delete');
  await desk.expectToast('Done for 2 people.');
  await desk.expectNames(ada);
});

test('without scripts, choosing nobody is refused in words', async ({ ready, page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled, 'the buttons sleep until somebody is chosen');
  const desk = await listOf(ready, page);
  await expectRefused(page, 400, () => desk.press('Disable…'));
  await expect(page.getByText('select between 1 and 200 people', { exact: false })).toBeVisible();
});

async function listOf(ready: { add(person: Person): Promise<string> }, page: Desk['page']): Promise<Desk> {
  for (const person of [grace, linus]) await ready.add(person);
  const desk = new Desk(page);
  await desk.signIn(ada);
  return desk;
}

async function choose(desk: Desk, ...people: Person[]): Promise<void> {
  for (const { name } of people) await desk.page.getByLabel(`Select ${name}`, { exact: true }).check();
}

function group(desk: Desk, heading: string) {
  const section = desk.page.locator('section.card').filter({ has: desk.page.getByRole('heading', { name: heading }) });
  return section.getByRole('listitem');
}
