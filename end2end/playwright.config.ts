import { defineConfig } from '@playwright/test';

// Test every page as people with and without JavaScript meet it, in the system's Chromium.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// The tour checks nothing: it takes pictures to look at, where a folder for them is named.
const tour = process.env.CASTELLAN_SHOTS ? [] : [/tour\.spec\.ts/];

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  reporter: 'list',
  workers: 2,
  fullyParallel: true,
  timeout: 30_000,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args },
    viewport: { width: 1280, height: 800 },
    trace: 'off',
  },
  projects: [
    { name: 'with JavaScript', use: { javaScriptEnabled: true }, testIgnore: tour },
    // Pages look the same without it, axe needs it to look at them, programs have no browser, and browsers hand out
    // passkeys to JavaScript alone.
    { name: 'without JavaScript', use: { javaScriptEnabled: false }, testIgnore: [/oauth\.spec\.ts/, /pages\.spec\.ts/, /passkeys\.spec\.ts/, ...tour] },
  ],
});
