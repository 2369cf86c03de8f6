// Opens a headless Chromium and does what it is told: one JSON command a line on stdin, one JSON answer a line on stdout.
// It ends with its stdin, so that a test run that dies leaves no browser behind.
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] });
let context;
let page;
let complaints = [];
const patience = 20_000;

const commands = {
  // A page of its own: colours, width and whether scripts run.
  async open({ url, dark = false, width = 1100, height = 900, scripts = true, headers = {} }) {
    await context?.close();
    complaints = [];
    // The check of accessibility is put in by the driver; the page's own policy is checked by what it complains about.
    context = await browser.newContext({
      viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: scripts,
      locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', extraHTTPHeaders: headers,
    });
    page = await context.newPage();
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const answer = await page.goto(url);
    return answer.status();
  },
  async waitFor({ selector, text }) {
    await page.locator(selector).filter({ hasText: text ?? '' }).first().waitFor({ state: 'attached', timeout: patience });
  },
  async waitForChange({ selector, attribute, from }) {
    await page.waitForFunction(
      ([one, name, was]) => document.querySelector(one)?.getAttribute(name) !== was, [selector, attribute, from], { timeout: patience });
    return page.getAttribute(selector, attribute);
  },
  text: ({ selector }) => page.locator(selector).first().innerText(),
  attribute: ({ selector, name }) => page.locator(selector).first().getAttribute(name),
  count: ({ selector }) => page.locator(selector).count(),
  click: ({ selector }) => page.locator(selector).first().click({ timeout: patience }),
  press: ({ key }) => page.keyboard.press(key),
  focus: ({ selector }) => page.locator(selector).first().focus(),
  focused: () => page.evaluate(() => document.activeElement?.textContent ?? ''),
  content: () => page.content(),
  address: () => page.url(),
  complaints: () => complaints,
  // What sticks out on the right of a narrow screen.
  overflow: () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  async screenshot({ path, full = true }) {
    await page.screenshot({ path, fullPage: full, animations: 'disabled' });
  },
  async axe() {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }));
    return violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target.join(' ')).slice(0, 5).join('; ')}) ${one.nodes[0].failureSummary}`);
  },
};

console.log(JSON.stringify({ ready: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...parameters } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: (await commands[command](parameters)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
await browser.close();
