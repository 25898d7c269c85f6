import type { Desk } from './desk';
import { expectRefused } from './guard';
import { ada, grace, linus, longest, maryam } from './people';
import type { Town } from './town';

/** A page as somebody sees it. */
export interface Scene {
  name: string;
  who: 'ada' | 'linus' | 'stranger';
  open(desk: Desk, town: Town): Promise<unknown>;
}

type Path = (town: Town) => string;

function page(name: string, who: Scene['who'], path: Path): Scene {
  return { name, who, open: (desk, town) => desk.open(path(town)) };
}

/** A page that comes with an error status. */
function refusal(name: string, who: Scene['who'], status: number, path: Path): Scene {
  return { name, who, open: (desk, town) => expectRefused(desk.page, status, () => desk.open(path(town))) };
}

const refusedUser: Scene = {
  name: 'refused user',
  who: 'ada',
  async open(desk) {
    await desk.open('/admin/users/new');
    await desk.fill({ 'E-mail': 'nonsense', Phone: 'call me', Password: 'short' });
    const button = desk.page.getByRole('button', { name: 'Make user' });
    await expectRefused(desk.page, 400, () => button.click());
    await desk.page.getByText('enter a first name').waitFor();
  },
};

const refusedSignIn: Scene = {
  name: 'refused sign-in',
  who: 'stranger',
  async open(desk) {
    await desk.open('/signin');
    await desk.fill({ 'E-mail': 'nobody@example.com', Password: 'nonsense' });
    await expectRefused(desk.page, 401, () => desk.press('Sign in'));
  },
};

const refusedSignInInArabic: Scene = {
  name: 'refused sign-in in Arabic',
  who: 'stranger',
  async open(desk) {
    await desk.open('/signin?lang=ar');
    await desk.fill({ 'البريد الإلكتروني': 'nobody@example.com', 'كلمة المرور': 'nonsense' });
    await expectRefused(desk.page, 401, () => desk.press('تسجيل الدخول'));
  },
};

const chosenPeople: Scene = {
  name: 'chosen people',
  who: 'ada',
  async open(desk) {
    await desk.open('/admin/users');
    for (const place of [0, 1]) await desk.rows().nth(place).getByRole('checkbox').check();
  },
};

const passwordLink: Scene = {
  name: 'password link',
  who: 'ada',
  async open(desk, town) {
    await desk.open(town.path(maryam));
    await desk.press('Set-password link');
  },
};

const message: Scene = {
  name: 'message',
  who: 'ada',
  async open(desk) {
    await desk.open('/admin/settings');
    await desk.press('Send a test mail');
    await desk.open('/admin/outbox');
    await desk.press(ada.email, desk.rows().first());
  },
};

const temporaryPassword: Scene = {
  name: 'temporary password',
  who: 'ada',
  async open(desk, town) {
    await desk.open(`${town.path(maryam)}/temporary-password`);
    await desk.press('Make a temporary password');
  },
};

const changedSettings: Scene = {
  name: 'changed settings',
  who: 'ada',
  async open(desk) {
    await desk.open('/admin/settings');
    await desk.choose({ 'Second factor': 'required of everybody' });
    await desk.ask();
  },
};

const refusedClient: Scene = {
  name: 'refused client',
  who: 'ada',
  async open(desk) {
    await desk.open('/admin/clients/new');
    await desk.choose({ Role: /api_service/ });
    await desk.fill({ Name: 'Nightly export', Services: 'nonsense' });
    await expectRefused(desk.page, 400, () => desk.press('Make client'));
    await desk.page.getByText('Do this by API').click();
  },
};

const rotatedClient: Scene = {
  name: 'rotated client',
  who: 'ada',
  async open(desk, town) {
    await desk.open(town.client);
    await desk.page.getByText('Make another secret…').click();
    await desk.press('Make another secret');
  },
};

const changedRole: Scene = {
  name: 'changed role',
  who: 'ada',
  async open(desk, town) {
    await desk.open(town.role);
    await desk.page.locator('[value="users.delete"]').check();
    await desk.page.locator('[value="groups.*"]').check();
    await desk.ask();
  },
};

const bulk: Path = (town) => {
  const users = [grace, linus, maryam, longest].map((person) => `user=${town.path(person).split('/').pop()}`);
  return `/admin/users/bulk?action=disable&${users.join('&')}`;
};

/** Pages for strangers, which carry no script. */
export const publicScenes: Scene[] = [
  page('set-up', 'stranger', (town) => `${town.fresh.url}/setup`),
  page('sign-in', 'stranger', () => '/signin'),
  page('forgotten password', 'stranger', () => '/forgot-password'),
  page('live link', 'stranger', (town) => town.link),
  refusal('dead link', 'stranger', 409, () => '/reset-password?code=dead'),
  page('change password', 'ada', () => '/change-password'),
  page('set-up in German', 'stranger', (town) => `${town.fresh.url}/setup?lang=de`),
  page('set-up in Arabic', 'stranger', (town) => `${town.fresh.url}/setup?lang=ar`),
  page('sign-in in German', 'stranger', () => '/signin?lang=de'),
  page('sign-in in Arabic', 'stranger', () => '/signin?lang=ar'),
  page('forgotten password in German', 'stranger', () => '/forgot-password?lang=de'),
  page('forgotten password in Arabic', 'stranger', () => '/forgot-password?lang=ar'),
  page('change password in Arabic', 'ada', () => '/change-password?lang=ar'),
  refusal('dead link in Arabic', 'stranger', 409, () => '/reset-password?code=dead&lang=ar'),
  refusal('dead stop of an address', 'stranger', 409, () => '/stop-address-change?code=dead'),
  refusal('dead activation', 'stranger', 409, () => '/activate?code=dead'),
  refusal('dead confirmation', 'stranger', 409, () => '/verify-email?code=dead'),
  refusedSignIn,
  refusedSignInInArabic,
];

export const scenes: Scene[] = [
  ...publicScenes,
  page('passkey', 'stranger', () => '/signin/passkey'),
  page('passkeys', 'ada', () => '/account/passkeys'),
  page('users', 'ada', () => '/admin/users'),
  page('newest users', 'ada', () => '/admin/users?sort=created&order=desc'),
  page('empty search', 'ada', () => '/admin/users?q=nobody+at+all'),
  chosenPeople,
  page('new user', 'ada', () => '/admin/users/new'),
  refusedUser,
  page('user', 'ada', (town) => town.path(maryam)),
  page('user with the longest name', 'ada', (town) => town.path(longest)),
  page('edit', 'ada', (town) => `${town.path(longest)}/edit`),
  page('disable', 'ada', (town) => `${town.path(longest)}/disable`),
  page('delete', 'ada', (town) => `${town.path(maryam)}/delete`),
  page('reset second factor', 'ada', (town) => `${town.path(maryam)}/second-factor`),
  page('bulk preview', 'ada', bulk),
  passwordLink,
  page('invite', 'ada', () => '/admin/users/invite'),
  page('invitations', 'ada', () => '/admin/invitations'),
  temporaryPassword,
  message,
  page('outbox', 'ada', () => '/admin/outbox'),
  page('failed mail', 'ada', () => '/admin/outbox?state=failed'),
  changedSettings,
  page('settings of a tenant', 'ada', (town) => `${town.tenant}/settings`),
  page('audit', 'ada', () => '/admin/audit'),
  page('filtered audit', 'ada', () => '/admin/audit?action=roles.add&actor=command+line'),
  page('deleted', 'ada', () => '/admin/deleted'),
  page('undo', 'ada', (town) => `/admin/audit/${town.event}/undo`),
  page('roles', 'ada', () => '/admin/roles'),
  page('new role', 'ada', () => '/admin/roles/new'),
  page('role', 'ada', (town) => town.role),
  changedRole,
  page('built-in role', 'ada', () => '/admin/roles/0000000000000000000000ADM1'),
  page('versions', 'ada', (town) => `${town.role}/versions?a=1&b=2`),
  page('role holders', 'ada', (town) => `${town.role}/holders`),
  page('rollback', 'ada', (town) => `${town.role}/rollback?to=1`),
  page('delete role', 'ada', (town) => `${town.role}/delete`),
  page('compare roles', 'ada', (town) => `/admin/roles/compare?a=${town.role.split('/').pop()}&b=0000000000000000000000ADM1`),
  page('permissions', 'ada', () => '/admin/permissions'),
  page('who can', 'ada', () => '/admin/permissions/users.read'),
  page('give access', 'ada', (town) => `/admin/grants/new?user=${town.path(grace).split('/').pop()}`),
  page('groups', 'ada', () => '/admin/groups'),
  page('new group', 'ada', () => '/admin/groups/new'),
  page('group', 'ada', (town) => town.group),
  page('edit group', 'ada', (town) => `${town.group}/edit`),
  page('delete group', 'ada', (town) => `${town.group}/delete`),
  page('tenants', 'ada', () => '/admin/tenants'),
  page('new tenant', 'ada', () => '/admin/tenants/new'),
  page('tenant', 'ada', (town) => town.tenant),
  page('edit tenant', 'ada', (town) => `${town.tenant}/edit`),
  page('membership', 'ada', (town) => `${town.tenant}/members/${town.path(grace).split('/').pop()}`),
  page('remove membership', 'ada', (town) => `${town.tenant}/members/${town.path(grace).split('/').pop()}/remove`),
  page('clients', 'ada', () => '/admin/clients'),
  page('new client', 'ada', () => '/admin/clients/new'),
  refusedClient,
  page('client', 'ada', (town) => town.client),
  rotatedClient,
  page('delete client', 'ada', (town) => `${town.client}/delete`),
  page('tokens', 'ada', () => '/admin/tokens'),
  page('new token', 'ada', () => '/admin/tokens/new'),
  page('token', 'ada', (town) => town.token),
  page('delete token', 'ada', (town) => `${town.token}/delete`),
  page('new service key', 'ada', () => '/admin/keys/new'),
  page('service key', 'ada', (town) => town.key),
  page('delete service key', 'ada', (town) => `${town.key}/delete`),
  page('new key pair', 'ada', () => '/admin/key-pairs/new'),
  page('key pair', 'ada', (town) => town.pair),
  page('delete key pair', 'ada', (town) => `${town.pair}/delete`),
  page('account', 'ada', () => '/account'),
  page('account in Arabic', 'ada', () => '/account?lang=ar'),
  page('address', 'ada', () => '/account/address'),
  page('security', 'ada', () => '/account/security'),
  page('security in Arabic', 'ada', () => '/account/security?lang=ar'),
  page('second factor', 'ada', () => '/account/second-factor'),
  page('own tokens', 'ada', () => '/account/tokens'),
  page('own tokens in German', 'ada', () => '/account/tokens?lang=de'),
  page('own access', 'ada', () => '/account/access'),
  page('own access in Arabic', 'ada', () => '/account/access?lang=ar'),
  page('again', 'ada', () => '/signin/again?next=%2Faccount'),
  page('switch tenant', 'ada', () => '/admin/workplace'),
  refusal('not found', 'ada', 404, () => '/admin/nowhere'),
  refusal('not allowed', 'linus', 403, () => '/admin/users'),
];
