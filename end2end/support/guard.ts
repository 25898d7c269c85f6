import { type BrowserContext, expect, type Page } from '@playwright/test';

const guards = new WeakMap<BrowserContext, Guard>();
const UNREACHED = 'net::ERR_INTERNET_DISCONNECTED';
const REFUSED = /^Failed to load resource: the server responded with a status of (\d+)/;

/** Notes everything that goes wrong in a browser context behind the reader's back. */
export class Guard {
  private readonly problems: { text: string; refusal?: string }[] = [];
  private readonly expected = new Set<string>();

  constructor(context: BrowserContext) {
    guards.set(context, this);
    context.on('weberror', (error) => this.note(`page error: ${error.error().message}`));
    context.on('dialog', (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('console', (message) => {
      const status = message.text().endsWith(UNREACHED) ? '0' : REFUSED.exec(message.text())?.[1];
      const text = `console: ${message.text()} (${message.location().url})`;
      if (message.type() === 'error') this.note(text, status && key(status, message.location().url));
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A page that is left takes what it was still loading with it.
      const unreached = why === UNREACHED ? key(0, request.url()) : undefined;
      if (why !== 'net::ERR_ABORTED') this.note(`${why}: ${request.url()}`, unreached);
    });
    context.on('response', (response) => {
      const status = response.status();
      if (status >= 400) this.note(`${status}: ${response.url()}`, key(status, response.url()));
    });
  }

  private note(text: string, refusal?: string): void {
    this.problems.push({ text, refusal });
  }

  expect(status: number, url: string): void {
    this.expected.add(key(status, url));
  }

  /** Fails if anything went wrong that no test asked for. */
  check(): void {
    const unexpected = this.problems.filter(({ refusal }) => !refusal || !this.expected.has(refusal));
    expect(unexpected.map(({ text }) => text)).toEqual([]);
  }
}

function key(status: number | string, url: string): string {
  return `${status} ${new URL(url).pathname}`;
}

/** Does something that the server must refuse with `status`; nothing else may be refused. */
export async function expectRefused(page: Page, status: number, action: () => Promise<unknown>): Promise<void> {
  const refused = page.waitForResponse((response) => response.status() >= 400);
  const [answer] = await Promise.all([refused, action()]);
  expect(answer.status(), `status of ${answer.url()}`).toBe(status);
  guards.get(page.context())?.expect(status, answer.url());
}

/** Does something for which the server can't be reached; nothing else may fail. */
export async function expectUnreached(page: Page, action: () => Promise<unknown>): Promise<void> {
  const failed = page.waitForEvent('requestfailed');
  const [request] = await Promise.all([failed, action()]);
  guards.get(page.context())?.expect(0, request.url());
}
