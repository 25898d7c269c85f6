import { test as base, type Browser, type BrowserContextOptions } from '@playwright/test';
import { Desk } from './desk';
import { Guard } from './guard';
import { ada, grace, linus, longest, maryam, type Person } from './people';
import { Server } from './server';
import type { Scene } from './scenes';

type Session = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** A server with many people, shared by the tests that only look. */
export interface Town {
  server: Server;
  /** A second server, which nobody has set up. */
  fresh: Server;
  /** The path of a set-password link that works. */
  link: string;
  /** The path of somebody's page. */
  path(person: Person): string;
  sessions: Record<Scene['who'], Session | undefined>;
}

interface Looking {
  /** Opens a browser of whoever a scene is about. */
  look: (scene: Scene, options?: BrowserContextOptions) => Promise<Desk>;
}

export const test = base.extend<Looking, { town: Town }>({
  town: [
    async ({ browser }, use) => {
      const [server, fresh] = await Promise.all([Server.start(), Server.start()]);
      await use(await settle(browser, server, fresh));
      await Promise.all([server.stop(), fresh.stop()]);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  look: async ({ browser, town }, use) => {
    const guards: Guard[] = [];
    await use(async (scene, options = {}) => {
      const context = await browser.newContext({
        ...options,
        baseURL: town.server.url,
        storageState: town.sessions[scene.who],
      });
      guards.push(new Guard(context));
      return new Desk(await context.newPage());
    });
    for (const guard of guards) guard.check();
  },
});

async function settle(browser: Browser, server: Server, fresh: Server): Promise<Town> {
  await server.setUp(ada);
  await server.command(['demo', '--users', '60']);
  const paths = new Map<Person, string>();
  for (const person of [grace, linus, maryam, longest]) paths.set(person, await server.add(person));
  const signedIn = await session(browser, server, (desk) => desk.signIn(ada));
  const without = await session(browser, server, (desk) => desk.signIn(linus));
  return {
    server,
    fresh,
    link: await server.passwordLink(grace),
    path: (person) => paths.get(person) ?? '/nobody',
    sessions: { ada: signedIn, linus: without, stranger: undefined },
  };
}

async function session(browser: Browser, server: Server, signIn: (desk: Desk) => Promise<unknown>): Promise<Session> {
  const context = await browser.newContext({ baseURL: server.url });
  await signIn(new Desk(await context.newPage()));
  const state = await context.storageState();
  await context.close();
  return state;
}

export { expect } from '@playwright/test';
