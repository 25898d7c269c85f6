import { Desk } from '../support/desk';
import { expectRefused, expectUnreached } from '../support/guard';
import { send } from '../support/forms';
import { expectAccessible, sideways } from '../support/looks';
import { ada, grace, PASSWORD } from '../support/people';
import { expect, test } from '../support/test';

test('a form sent after the session ended leads to the sign-in, and comes back as it was typed', async ({ ready, page, context, javaScriptEnabled }) => {
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${path}/edit`);
  await context.clearCookies();
  await desk.fill({ 'Last name': 'Murray' });
  if (javaScriptEnabled) await expectRefused(page, 401, () => send(desk, 'Save', true));
  else await send(desk, 'Save', false);
  await expect(page.getByLabel('E-mail')).toBeVisible();
  await expect(page).toHaveURL(/\/signin\?next=/);
  await desk.fill({ 'E-mail': ada.email, Password: PASSWORD });
  await desk.press('Sign in');
  await desk.awake();
  await expect(page).toHaveURL(`${path}/edit`);
  await expect(page.getByRole('alert')).toContainText('This is what you had typed');
  await desk.expectTyped({ 'Last name': 'Murray' });
  await desk.press('Save');
  await desk.expectToast('Saved.');
  await expect(desk.heading()).toHaveText('Grace Murray');
});

test('a search without the server says so and keeps the page', async ({ ready, page, context, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'needs scripts');
  await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await context.setOffline(true);
  await expectUnreached(page, () => page.getByRole('searchbox').fill('hop'));
  await expect(page.getByRole('alert')).toContainText("The server can't be reached.");
  await desk.expectNames(ada, grace);
  await context.setOffline(false);
  await page.getByRole('searchbox').fill('hopp');
  await desk.expectNames(grace);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('what a form would do is not said of what it was before', async ({ ready, page, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'needs scripts');
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(path);
  await desk.press('Give access…');
  await desk.choose({ Role: 'read-only' });
  await expect(page.locator('.would')).toContainText('person gains');
  await desk.choose({ Lasts: 'until…' });
  await expect(page.locator('.would')).toContainText('Change something, then see here');
});

test('times are the reader’s, and are read so', async ({ ready, browser, javaScriptEnabled }) => {
  const path = await ready.add(grace);
  const context = await browser.newContext({ baseURL: ready.url, javaScriptEnabled, timezoneId: 'Asia/Kolkata' });
  const desk = new Desk(await context.newPage());
  await desk.signIn(ada);
  await desk.open('/admin/audit');
  await expect(desk.page.getByText(`Times are ${javaScriptEnabled ? 'IST' : 'UTC'}.`)).toBeVisible();
  await desk.open(path);
  await desk.press('Give access…');
  await expect(desk.page.getByLabel(javaScriptEnabled ? 'Begins (IST)' : 'Begins (UTC)')).toBeVisible();
  await context.close();
});

test('colours can be chosen on a page that came from a form', async ({ ready, page }) => {
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(path);
  await desk.press('Set-password link');
  await desk.press('Dark', page.locator('nav.side'));
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('who was locked out by wrong passwords is unlocked on their page', async ({ ready, page, visitor, javaScriptEnabled }) => {
  const path = await ready.add(grace);
  await ready.lockOut(grace);
  const stranger = new Desk(await visitor());
  await stranger.page.goto(`${ready.url}/signin`);
  await stranger.fill({ 'E-mail': grace.email, Password: PASSWORD });
  await expectRefused(stranger.page, 429, () => stranger.press('Sign in'));
  await expect(stranger.page.getByText(/try again in \d+ seconds/)).toBeVisible();
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(path);
  await expect(page.getByText('Wrong passwords have locked sign-in from one network until')).toBeVisible();
  await expect(page.getByText('typed wrong passwords until sign-in was locked for them')).toBeVisible();
  // axe is a script itself.
  if (javaScriptEnabled) await expectAccessible(page, 'a locked account');
  for (const width of [320, 1600]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await sideways(page), `${width}px`).toEqual([]);
  }
  await desk.press('Unlock');
  await desk.expectToast('Unlocked. They can try to sign in again.');
  await stranger.fill({ Password: PASSWORD });
  await stranger.press('Sign in');
  await expect(stranger.page.getByText('You have no role yet')).toBeVisible();
});

test('giving no role is refused beside the choice', async ({ ready, page, javaScriptEnabled }) => {
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(path);
  await desk.press('Give access…');
  await expectRefused(page, 400, () => send(desk, 'Give access', javaScriptEnabled));
  await expect(page.locator('#role-error')).toBeVisible();
});

test('a role is given and removed again', async ({ ready, page }) => {
  const path = await ready.add(grace);
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(path);
  await desk.press('Give access…');
  await desk.choose({ Role: 'read-only' });
  await desk.press('Give access');
  await desk.expectToast('Access given to Grace Hopper.');
  await desk.press('Remove access: read-only');
  await desk.press('Remove access');
  await desk.expectToast('Access removed from Grace Hopper.');
  await expect(page.getByText('Nothing is given to them directly.')).toBeVisible();
});

test('your own account is safe from you', async ({ ready, page }) => {
  const desk = new Desk(page);
  await desk.signIn(ada);
  await desk.open(`${ready.url}/admin/users`);
  await desk.openUser(ada);
  await expect(page.getByRole('link', { name: 'Disable…' })).toHaveCount(0);
  await desk.open(`${new URL(page.url()).pathname}/disable`);
  await expect(page.getByText("It would be refused: you can't do this to yourself; ask another administrator.")).toBeVisible();
  await expect(page.getByRole('button', { name: 'Disable', exact: true })).toHaveCount(0);
  await desk.press('Back');
});
