import { test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Guard } from './guard';
import { ada } from './people';
import { Server } from './server';

interface Fixtures {
  /** The name by which the server is reached; its number without one. Browsers have no passkeys for a number. */
  host: string;
  /** A fresh server that nobody has set up. */
  castellan: Server;
  /** The same server, set up by Ada. */
  ready: Server;
  /** Opens a browser of somebody else. */
  visitor: () => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  host: ['', { option: true }],
  castellan: async ({ host }, use) => {
    const server = await Server.start(host);
    await use(server);
    await server.stop();
  },
  ready: async ({ castellan }, use) => {
    await castellan.setUp(ada);
    await use(castellan);
  },
  baseURL: async ({ castellan }, use) => use(castellan.url),
  context: async ({ context }, use) => {
    const guard = new Guard(context);
    await use(context);
    guard.check();
  },
  visitor: async ({ browser, contextOptions }, use) => {
    const guests: Guest[] = [];
    await use(async () => {
      const guest = await guestIn(browser, contextOptions);
      guests.push(guest);
      return guest.page;
    });
    for (const guest of guests) await guest.leave();
  },
});

interface Guest {
  page: Page;
  leave(): Promise<void>;
}

/** A guarded page in a context of its own. */
export async function guestIn(browser: Browser, options: BrowserContextOptions): Promise<Guest> {
  const context = await browser.newContext(options);
  const guard = new Guard(context);
  const leave = async () => {
    guard.check();
    await context.close();
  };
  return { page: await context.newPage(), leave };
}

export { expect } from '@playwright/test';
