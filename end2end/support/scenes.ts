import type { Desk } from './desk';
import { expectRefused } from './guard';
import { grace, linus, longest, maryam } from './people';
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
  page('forgotten password in Arabic', 'stranger', () => '/forgot-password?lang=ar'),
  refusal('dead activation', 'stranger', 409, () => '/activate?code=dead'),
  refusal('dead confirmation', 'stranger', 409, () => '/verify-email?code=dead'),
  refusedSignIn,
];

export const scenes: Scene[] = [
  ...publicScenes,
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
  page('switch tenant', 'ada', () => '/admin/workplace'),
  refusal('not found', 'ada', 404, () => '/admin/nowhere'),
  refusal('not allowed', 'linus', 403, () => '/admin/users'),
];
