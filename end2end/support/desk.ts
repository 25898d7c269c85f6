import { expect, type Locator, type Page } from '@playwright/test';
import { expectRefused } from './guard';
import { PASSWORD, type Person } from './people';

/** The console as somebody at a keyboard uses it. */
export class Desk {
  constructor(readonly page: Page) {}

  /** Goes to a page and waits until its islands are awake, if scripts run. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.awake();
  }

  /** Where scripts run on a page that has some, waits until they answer. */
  async awake(): Promise<void> {
    await this.page.waitForLoadState('domcontentloaded');
    const scripts = this.page.locator('script[type=module]');
    if ((await this.scripted()) && (await scripts.count()) > 0) await this.page.locator('html[data-awake]').waitFor();
  }

  private scripted(): Promise<boolean> {
    return this.page.evaluate(() => matchMedia('(scripting: enabled)').matches);
  }

  /** Presses a button or follows a link that leads to another page, and waits for it. */
  async press(name: string, within: Page | Locator = this.page): Promise<void> {
    const target = within.getByRole('button', { name, exact: true }).or(within.getByRole('link', { name, exact: true }));
    await this.page.evaluate(() => document.documentElement.setAttribute('data-left', ''));
    await target.click();
    await expect(this.page.locator('html[data-left]')).toHaveCount(0);
    await this.awake();
  }

  /** Asks what a form would do, and waits for the answer. */
  async ask(within: Page | Locator = this.page): Promise<Locator> {
    const effect = this.page.locator('.would').first();
    if (await this.scripted()) {
      const answered = this.page.waitForResponse((response) => response.request().method() === 'POST');
      await within.getByRole('button', { name: 'What would this do?' }).click();
      await answered;
    } else await this.press('What would this do?', within);
    return effect;
  }

  /** Chooses by label in each of these. */
  async choose(values: Record<string, string | RegExp>): Promise<void> {
    for (const [label, wanted] of Object.entries(values)) {
      const list = this.page.getByLabel(label, { exact: true });
      const option = list.locator('option').filter({ hasText: wanted }).first();
      await list.selectOption((await option.getAttribute('value')) ?? '');
    }
  }

  async fill(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await this.page.getByLabel(label, { exact: true }).fill(value);
    }
  }

  heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  async expectToast(text: string): Promise<void> {
    await expect(this.page.locator('.toast, .note.good')).toContainText(text);
  }

  async signIn(person: Person, password = PASSWORD, path = '/signin'): Promise<void> {
    await this.open(path);
    await this.fill({ 'E-mail': person.email, Password: password });
    await this.press('Sign in');
    await expect(this.page).toHaveURL(/\/admin/);
  }

  /** Signs in somebody who has no role, and so may see nothing yet. */
  async signInWithoutRole(person: Person): Promise<void> {
    await this.signIn(person);
    await expect(this.heading()).toHaveText('You have no role yet');
  }

  async expectNoEntry(person: Person): Promise<void> {
    await this.open('/signin');
    await this.fill({ 'E-mail': person.email, Password: PASSWORD });
    await expectRefused(this.page, 401, () => this.press('Sign in'));
    await expect(this.page.getByRole('alert')).toHaveText("That e-mail and password don't match. Try again, or ask for a new password.");
  }

  /** Makes a user with the form; ends on their page. */
  async makeUser(person: Person): Promise<void> {
    await this.open('/admin/users');
    await this.press('New user');
    await this.fill({ 'First name': person.first, 'Last name': person.last });
    await this.fill({ 'E-mail': person.email, Password: PASSWORD });
    await this.press('Make user');
    await expect(this.heading()).toHaveText(person.name);
    await this.expectToast(`${person.name} is added.`);
  }

  /** Makes a token of one's own; ends on the page that tells its value, which is answered. */
  async makeToken(name: string): Promise<string> {
    await this.open('/account/tokens');
    await this.fill({ Name: name });
    await this.press('Make token');
    return (await this.page.locator('.secret').textContent()) ?? '';
  }

  /** Opens a user's page by way of the list. */
  async openUser(person: Person): Promise<void> {
    await this.open('/admin/users');
    await this.press(person.name, this.rows());
    await expect(this.heading()).toHaveText(person.name);
  }

  /** The message beside a field, which the field itself names. */
  async expectWrong(label: string, message: string): Promise<void> {
    const field = this.page.getByLabel(label, { exact: true });
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    const said = this.page.getByText(message, { exact: true });
    await expect(said).toBeVisible();
    // Screen readers find it by the field.
    const id = await said.getAttribute('id');
    await expect(field).toHaveAttribute('aria-describedby', new RegExp(`(^| )${id}( |$)`));
  }

  async expectTyped(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await expect(this.page.getByLabel(label, { exact: true })).toHaveValue(value);
    }
  }

  rows(): Locator {
    return this.page.locator('main tbody tr');
  }

  names(): Locator {
    return this.rows().locator('.who a');
  }

  async expectNames(...people: Person[]): Promise<void> {
    await expect(this.names()).toHaveText(people.map((person) => person.name));
  }

  /** Searches: as one types where scripts run, with the button where they don't. */
  async search(text: string): Promise<void> {
    await this.page.getByRole('searchbox').fill(text);
    const button = this.page.getByRole('button', { name: 'Search', exact: true });
    const scripted = await this.scripted();
    await expect(button).toBeVisible({ visible: !scripted });
    if (!scripted) await this.press('Search');
    await expect(this.page).toHaveURL((url) => (url.searchParams.get('q') ?? '') === text);
  }
}
