import { join } from 'node:path';
import type { Colours } from '../support/looks';
import { scenes } from '../support/scenes';
import { test } from '../support/town';

const FOLDER = process.env.CASTELLAN_SHOTS ?? '';
const SCREENS = { desk: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } };
const THEMES: Colours[] = ['light', 'dark'];

// Pictures of every page for people to look at: CASTELLAN_SHOTS=folder.
test.skip(!FOLDER, 'only with CASTELLAN_SHOTS');

for (const scene of scenes) {
  test(`a picture of ${scene.name}`, async ({ look, town }) => {
    for (const colorScheme of THEMES) {
      for (const [screen, viewport] of Object.entries(SCREENS)) {
        const desk = await look(scene, { colorScheme, viewport });
        await scene.open(desk, town);
        const file = `${scene.name.replaceAll(' ', '-')}.${screen}.${colorScheme}.png`;
        await desk.page.screenshot({ path: join(FOLDER, file), fullPage: true });
        await desk.page.context().close();
      }
    }
  });
}
