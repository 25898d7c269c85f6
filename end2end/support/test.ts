import { test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Guard } from './guard';
import { Mailbox } from './mailbox';
import { ada } from './people';
import { Server } from './server';

interface Fixtures {
  /** The name by which the server is reached; its number without one. Browsers have no passkeys for a number. */
  host: string;
  /** What the server is told besides, by its environment. */
  told: NodeJS.ProcessEnv;
  /** A fresh server that nobody has set up. */
  castellan: Server;
  /** The same server, set up by Ada. */
  ready: Server;
  /** Opens a browser of somebody else. */
  visitor: () => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  host: ['', { option: true }],
  told: [{}, { option: true }],
  castellan: async ({ host, told }, use) => {
    const server = await Server.start(host, told);
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

/** The same with a mail server, to which the server hands its mail over; without one, mail waits in the outbox. */
export const testWithMail = test.extend<{ mailbox: Mailbox }>({
  mailbox: async ({}, use) => {
    const mailbox = await Mailbox.open();
    await use(mailbox);
    await mailbox.close();
  },
  told: async ({ mailbox }, use) =>
    use({ CASTELLAN_SMTP_URL: mailbox.url, CASTELLAN_MAIL_FROM: 'Castellan <castellan@example.com>' }),
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
