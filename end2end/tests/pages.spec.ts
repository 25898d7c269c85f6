import { choose, type Colours, expectAccessible, sideways } from '../support/looks';
import { publicScenes, scenes } from '../support/scenes';
import { expect, test } from '../support/town';

const THEMES: Colours[] = ['light', 'dark'];
const WIDTHS = [320, 360, 1600];

for (const scene of scenes) {
  test(`${scene.name}: anybody can use it in a light system`, async ({ look, town }) => {
    const desk = await look(scene, { colorScheme: 'light' });
    await scene.open(desk, town);
    await expectAccessible(desk.page, scene.name);
  });

  // That what is chosen looks as what the system asks for is shown once, below.
  test(`${scene.name}: anybody can use it with dark colours chosen`, async ({ look, town }) => {
    const desk = await look(scene, { colorScheme: 'light' });
    await scene.open(desk, town);
    await choose(desk, 'dark', scene.who === 'ada');
    await scene.open(desk, town);
    await expect(desk.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expectAccessible(desk.page, scene.name);
  });

  test(`${scene.name}: it fits every width`, async ({ look, town }) => {
    const desk = await look(scene);
    await scene.open(desk, town);
    for (const width of WIDTHS) {
      await desk.page.setViewportSize({ width, height: 800 });
      expect(await sideways(desk.page), `${width}px`).toEqual([]);
    }
  });
}

for (const scene of publicScenes) {
  test(`${scene.name}: no script comes with it`, async ({ look, town }) => {
    const desk = await look(scene);
    const scripts: string[] = [];
    desk.page.on('request', (request) => {
      if (request.resourceType() === 'script' || /\.(m?js|wasm)$/.test(request.url())) scripts.push(request.url());
    });
    await scene.open(desk, town);
    await desk.page.waitForLoadState('networkidle');
    expect(scripts).toEqual([]);
    expect(await desk.page.content()).not.toMatch(/<script|<link[^>]+(modulepreload|wasm)/i);
  });
}

test('chosen colours win over the system and look the same', async ({ look, town }) => {
  const users = scenes.find((scene) => scene.name === 'users') ?? scenes[0];
  const seen: string[] = [];
  for (const system of THEMES) {
    const desk = await look(users, { colorScheme: system });
    if (system === 'light') await choose(desk, 'dark', true);
    await users.open(desk, town);
    seen.push(await desk.page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor));
  }
  expect(seen[0]).toBe(seen[1]);
});
