import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Desk } from './desk';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

export type Colours = 'light' | 'dark';

/** Fails with the rule and the element for everything that axe finds. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
  expect(found, where).toEqual([]);
  expect(passes.length, 'rules that looked at something').toBeGreaterThan(10);
}

/** Chooses the colours: with the buttons of the console, or as the cookie that those leave where there are none; then of
 * the server whose page is open. */
export async function choose(desk: Desk, colours: Colours, buttons: boolean): Promise<void> {
  if (!buttons) {
    const headers = { 'sec-fetch-site': 'same-origin' };
    await desk.page.request.post(desk.page.url(), { headers, form: { fn: '/fn/account/theme', theme: colours }, maxRedirects: 0 });
    return;
  }
  await desk.open('/admin/audit');
  await desk.press(colours === 'dark' ? 'Dark' : 'Light', desk.page.locator('nav.side'));
  await expect(desk.page.locator('html')).toHaveAttribute('data-theme', colours);
}

/** What can be pressed or typed into but lies beside the screen, and whether the page scrolls sideways. */
export async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const controls = [...document.querySelectorAll('main :is(a, button, input, select, textarea, h1, h2)')];
    const out = controls.filter((control) => {
      const box = control.getBoundingClientRect();
      return box.width > 1 && (box.right > wide + 1 || box.left < -1);
    });
    const scrolls = document.documentElement.scrollWidth - wide;
    const told = out.map((control) => control.outerHTML.slice(0, 120));
    return scrolls > 0 ? [`the page scrolls ${scrolls}px`, ...told] : told;
  });
}
