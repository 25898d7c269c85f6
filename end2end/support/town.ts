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
  /** Paths of a role with two versions, of a group with members and a group inside, and of the root tenant. */
  role: string;
  group: string;
  tenant: string;
  /** Paths of client credentials, a token, a service key and a key pair. */
  client: string;
  token: string;
  key: string;
  pair: string;
  /** The id of an event that can be undone. */
  event: string;
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
  const places = await furnish(browser, server, paths.get(grace) ?? '');
  const signedIn = await session(browser, server, (desk) => desk.signIn(ada));
  const without = await session(browser, server, (desk) => desk.signIn(linus));
  return {
    server,
    fresh,
    ...places,
    ...(await makeKeys(server)),
    link: await server.passwordLink(grace),
    path: (person) => paths.get(person) ?? '/nobody',
    sessions: { ada: signedIn, linus: without, stranger: undefined },
  };
}

type Places = Pick<Town, 'role' | 'group' | 'tenant' | 'event'>;

/** Makes what the pages about access show, by way of those pages. */
async function furnish(browser: Browser, server: Server, user: string): Promise<Places> {
  const role = `/admin/roles/${(await server.command(['role', 'create', '--name', 'helpers', '--permission', 'users.read'])).id}`;
  const context = await browser.newContext({ baseURL: server.url });
  const desk = new Desk(await context.newPage());
  await desk.signIn(ada);
  await desk.open(role);
  await desk.page.locator('[value="audit.read"]').check();
  await desk.press('Save as version 2');
  const inner = await makeGroup(desk, 'Night shift');
  const group = await makeGroup(desk, 'Help desk, around the clock and on holidays');
  await desk.fill({ 'E-mail': grace.email });
  await desk.press('Add');
  await desk.choose({ Group: 'Night shift' });
  await desk.press('Add group');
  await giveForAnHour(desk, user);
  await desk.open(inner);
  await desk.open('/admin/audit?action=roles.update');
  const undo = await desk.page.getByRole('link', { name: 'Undo…' }).first().getAttribute('href');
  await context.close();
  return { role, group, tenant: '/admin/tenants/00000000-0000-7000-8000-000000000001', event: undo?.split('/')[3] ?? '' };
}

/** Makes one of each kind of credential of the root tenant. */
async function makeKeys(server: Server): Promise<Pick<Town, 'client' | 'token' | 'key' | 'pair'>> {
  const root = ['--tenant', 'root', '--name', 'Nightly export of the books to the warehouse'];
  const made = async (path: string, args: string[]) => `/admin/${path}/${(await server.command(args)).id}`;
  const service = '01a2016a-fa5c-71e0-b490-b29a1e32cc60';
  const account = ['--user', ada.email, '--kind', 'account', '--audience', 'apiv2', '--scopes', 'level://admin'];
  return {
    client: await made('clients', ['client', 'create', ...root, '--role', 'api_service', '--service-id', service]),
    token: await made('tokens', ['token', 'create', ...root, ...account]),
    key: await made('keys', ['key', 'create', ...root, '--kind', 'service', '--role', 'helpers']),
    pair: await made('key-pairs', ['key', 'create', ...root, '--kind', 'hmac']),
  };
}

async function makeGroup(desk: Desk, name: string): Promise<string> {
  await desk.open('/admin/groups/new');
  await desk.fill({ Name: name });
  await desk.choose({ Tenant: 'Root' });
  await desk.press('Make group');
  return new URL(desk.page.url()).pathname;
}

async function giveForAnHour(desk: Desk, user: string): Promise<void> {
  await desk.open(`/admin/grants/new?user=${user.split('/').pop()}`);
  await desk.choose({ Role: 'helpers', Lasts: '1 hour' });
  await desk.press('Give access');
}

async function session(browser: Browser, server: Server, signIn: (desk: Desk) => Promise<unknown>): Promise<Session> {
  const context = await browser.newContext({ baseURL: server.url });
  await signIn(new Desk(await context.newPage()));
  const state = await context.storageState();
  await context.close();
  return state;
}

export { expect } from '@playwright/test';
