import { Desk } from '../support/desk';
import { ada, grace, linus, maryam } from '../support/people';
import { expect, test } from '../support/test';

test('the list follows the search, keeps it over a reload, and comes back to it', async ({ ready, page }) => {
  for (const person of [grace, linus, maryam]) await ready.add(person);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.search('GRACE');
  await desk.expectNames(grace);
  await expect(page.getByText('1 match')).toBeVisible();
  await page.reload();
  await desk.awake();
  await desk.expectNames(grace);
  await desk.press(grace.name, desk.rows());
  await page.goBack();
  await desk.awake();
  await desk.expectNames(grace);
  await expect(page.getByRole('searchbox')).toHaveValue('GRACE');
  await desk.search('الأسطرلابي');
  await desk.expectNames(maryam);
  await desk.search('nobody at all');
  await expect(page.getByText('No name or e-mail contains “nobody at all”.')).toBeVisible();
  await desk.press('Show everybody');
  await desk.expectNames(ada, grace, linus, maryam);
});

test('searching as you type changes the rows and the address without another page', async ({
  ready,
  page,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, 'needs scripts');
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await page.evaluate(() => Object.assign(window, { marked: true }));
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('hop');
  await desk.expectNames(grace);
  await expect(page).toHaveURL('/admin/users?q=hop');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await desk.expectNames(ada, grace);
  await expect(page).toHaveURL('/admin/users');
  expect(await page.evaluate(() => 'marked' in window)).toBe(true);
});

test('pages of the list lead on, back and to the first', async ({ ready, page }) => {
  await ready.command(['demo', '--users', '130']);
  const desk = new Desk(page);
  await desk.signIn(ada);
  const first = await desk.names().allTextContents();
  await desk.press('Next');
  const second = await desk.names().allTextContents();
  await desk.press('Next');
  const third = await desk.names().allTextContents();
  const ids = [first, second, third].map((names) => names.length);
  expect(ids).toEqual([50, 50, 31]);
  await expect(page.getByRole('link', { name: 'Next' })).toHaveCount(0);
  await desk.press('Previous');
  await expect(desk.names()).toHaveText(second);
  await desk.press('First');
  await expect(desk.names()).toHaveText(first);
  await expect(page).toHaveURL('/admin/users');
});

test('a click on a heading sorts by it, and another turns it round', async ({ ready, page, visitor }) => {
  await ready.add(linus);
  await ready.add({ ...grace, email: 'z@example.com' }, 'admin');
  await new Desk(await visitor()).signIn({ ...grace, email: 'z@example.com' });
  const desk = new Desk(page);
  await desk.signIn(ada);
  const orders = {
    'E-mail': [ada, linus, grace],
    Name: [ada, grace, linus],
    Created: [ada, linus, grace],
    'Last sign-in': [linus, grace, ada],
  };
  for (const [heading, people] of Object.entries(orders)) {
    await desk.press(heading, page.locator('thead'));
    await desk.expectNames(...people);
    await desk.press(heading, page.locator('thead'));
    await desk.expectNames(...people.toReversed());
    await expect(page.locator('th[aria-sort=descending]').getByText(heading)).toBeVisible();
  }
});

test('a status narrows the list', async ({ ready, page, javaScriptEnabled }) => {
  await ready.add(grace);
  await ready.add(linus);
  await ready.command(['user', 'disable', linus.email]);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await page.getByLabel('Status').selectOption('Disabled');
  if (!javaScriptEnabled) await desk.press('Search');
  await desk.expectNames(linus);
  await expect(page).toHaveURL((url) => url.searchParams.get('status') === 'disabled');
  await page.getByLabel('Status').selectOption('Pending');
  if (!javaScriptEnabled) await desk.press('Search');
  await expect(page.getByText('Nobody has this status.')).toBeVisible();
  await page.getByLabel('Status').selectOption('any');
  if (!javaScriptEnabled) await desk.press('Search');
  await desk.expectNames(ada, grace, linus);
});

test('all who have a role are searched, and everybody is one click away', async ({ ready, page }) => {
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open('/admin/roles/0000000000000000000000ADM1/holders');
  await desk.press('All who have it now');
  await desk.expectNames(ada);
  await desk.search('grace');
  await expect(page.getByText('0 matches')).toBeVisible();
  await expect(page).toHaveURL(/[?&]role=0000000000000000000000ADM1/);
  await desk.press('Show everybody', page.locator('p.note'));
  await expect(desk.rows()).toHaveCount(2);
});
