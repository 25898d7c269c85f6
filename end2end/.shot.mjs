import { createRequire } from 'node:module';
const require = createRequire('/work/main/package.json');
const { chromium } = require('@playwright/test');
const [,, out, width, theme, ...paths] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const ctx = await browser.newContext({ baseURL: 'http://127.0.0.1:3055', viewport: { width: +width, height: 900 }, colorScheme: theme });
const page = await ctx.newPage();
page.on('console', m => m.type()==='error' && console.log('console', m.text()));
await page.goto('/signin');
await page.fill('[name=email]', 'ada@example.com'); await page.fill('[name=password]', 'correct horse battery staple');
await page.click('button:has-text("Sign in")'); await page.waitForURL(/admin/);
let n = 0;
for (const path of paths) {
  const [p, ...acts] = path.split('::');
  await page.goto(p); await page.waitForTimeout(400);
  for (const act of acts) { const [k, ...r] = act.split('=>'); if (k==='click') await page.locator(r[0]).first().click(); if (k==='check') await page.locator(r[0]).first().check(); if (k==='wait') await page.waitForTimeout(+r[0]); if (k==='fill') await page.fill(r[0], r[1]); if (k==='select') await page.selectOption(r[0], r[1]); }
  await page.screenshot({ path: `${out}-${n++}.png`, fullPage: process.env.FULL === '1' });
  console.log(p, await page.title(), page.url());
}
await browser.close();
