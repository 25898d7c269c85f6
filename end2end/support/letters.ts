import { expect, type Request } from '@playwright/test';
import type { Desk } from './desk';
import { expectRefused } from './guard';
import { link, type Mail } from './mailbox';

/** What people change their password to. */
export const NEW = 'another horse another battery';

/** Opens the HTML of a message as a mail program does, and presses its button. */
export async function follow(desk: Desk, mail: Mail, button: string): Promise<void> {
  await desk.page.goto('about:blank');
  const fetched: string[] = [];
  const note = (request: Request) => fetched.push(request.url());
  desk.page.on('request', note);
  await desk.page.setContent(mail.html);
  desk.page.off('request', note);
  await expect(desk.page.locator('html')).toHaveAttribute('lang', mail.language);
  const links = await desk.page.getByRole('link').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  expect(links).toEqual([link(mail), link(mail)]);
  await expect(desk.page.locator('script, img, link, iframe, object')).toHaveCount(0);
  expect(fetched).toEqual([]);
  await desk.press(button);
}

export async function askForLink(desk: Desk, email: string): Promise<void> {
  await desk.open('/forgot-password');
  await desk.fill({ 'E-mail': email });
  await desk.press('Send the link');
  await expect(desk.page).toHaveURL('/signin');
  await desk.expectToast('If there is an account for that address, a link is on its way.');
}

export async function setPassword(desk: Desk, password: string): Promise<void> {
  await desk.fill({ 'New password': password, 'Once more': password });
  await desk.press('Set password');
  await expect(desk.page).toHaveURL('/signin?lang=en');
  await desk.expectToast('Your password is set. Sign in with it.');
}

export async function expectDead(desk: Desk, path: string): Promise<void> {
  await expectRefused(desk.page, 409, () => desk.open(path));
  await expect(desk.heading()).toHaveText('This link no longer works');
}

/** Nobody is signed in in this browser, or not any more. */
export async function expectStranger(desk: Desk): Promise<void> {
  await desk.open('/account');
  await expect(desk.page).toHaveURL('/signin?next=%2Faccount');
}

export async function expectOwn(desk: Desk, email: string): Promise<void> {
  await desk.open('/account');
  await expect(desk.page.locator('.head')).toContainText(email);
}

export async function leave(desk: Desk): Promise<void> {
  await desk.press('Sign out', desk.page.locator('nav.side'));
  await expect(desk.page).toHaveURL(/\/signin$/);
}
