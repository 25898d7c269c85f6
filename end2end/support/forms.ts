import { expect, type Page } from '@playwright/test';
import type { Desk } from './desk';

/** Submits a form: where scripts run, the answer comes without another page. */
export async function send(desk: Desk, button: string, scripts: boolean): Promise<void> {
  if (!scripts) return desk.press(button);
  await desk.page.getByRole('button', { name: button, exact: true }).click();
}

/** Leaves a mark that only a page that stays keeps. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { marked: true }));
}

/** Whether the page is the marked one, as it should be where scripts run. */
export async function expectStayed(page: Page, scripts: boolean): Promise<void> {
  await expect.poll(() => page.evaluate(() => 'marked' in window)).toBe(scripts);
}
