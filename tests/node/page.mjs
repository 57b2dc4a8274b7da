// Looks at an HTML report in Chromium: node page.mjs FILE PICTURES   (finds its packages in $PF_NODE)
// Prints what was seen as JSON and leaves pictures; test_page.py judges.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const need = createRequire(process.env.PF_NODE + '/package.json');
const { chromium } = need('playwright-core');
const axe = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');
const [file, pictures] = process.argv.slice(2);
const url = pathToFileURL(file).href;

const browser = await chromium.launch({ executablePath: process.env.PF_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const seen = { requests: [], errors: [], widths: {}, axe: {} };

// A page of its own for each way of looking; what axe is given is not the report's own doing, so only there CSP is off.
async function look(options, how) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('request', request => { if (request.url() !== url) seen.requests.push(request.url()); });
  page.on('requestfailed', request => {       // one that the policy stopped has never left
    if (request.failure().errorText === 'csp')
      seen.requests.splice(seen.requests.indexOf(request.url()), 1);
  });
  page.on('console', message => { if (message.type() === 'error') seen.errors.push(message.text()); });
  page.on('pageerror', error => seen.errors.push(String(error)));
  await page.goto(url);
  const result = await how(page);
  await context.close();
  return result;
}

async function width(page) {
  return page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: document.documentElement.clientWidth }));
}

for (const [name, wide, colorScheme] of [['light', 1200, 'light'], ['dark', 1200, 'dark'], ['phone', 360, 'light'], ['tablet', 768, 'dark']])
  await look({ viewport: { width: wide, height: 900 }, colorScheme, deviceScaleFactor: 1 }, async page => {
    seen.widths[name] = await width(page);
    await page.screenshot({ path: `${pictures}/${name}.png` });
    if (name === 'dark' || name === 'tablet')
      return;
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: wide, height: Math.min(height, 4000) });
    await page.screenshot({ path: `${pictures}/${name}-whole.png` });
  });

// Nothing that somebody got into the page would run, load or send.
seen.injected = await look({}, async page => {
  const errors = seen.errors.length;
  const requests = seen.requests.length;
  const result = await page.evaluate(async () => {
    window.ran = [];
    const add = html => document.body.insertAdjacentHTML('beforeend', html);
    add('<img src="http://127.0.0.1:9/x.png" onerror="window.ran.push(\'img\')">');
    add('<a id="js" href="javascript:window.ran.push(\'href\')">x</a>');
    add('<form id="form" action="http://127.0.0.1:9/"><input name="x"></form>');
    const script = document.createElement('script');
    script.textContent = 'window.ran.push("script")';
    document.body.append(script);
    document.getElementById('js').click();
    await fetch('http://127.0.0.1:9/').then(() => window.ran.push('fetch'), () => {});
    await new Promise(resolve => setTimeout(resolve, 200));
    return window.ran;
  });
  seen.errors.length = errors;        // the policy says no on the console: as it should
  const sent = seen.requests.splice(requests);
  return { ran: result, sent };
});

// Every finding opens and closes by keyboard alone, and one sees where one is.
seen.keyboard = await look({ viewport: { width: 1000, height: 800 } }, async page => {
  const all = await page.locator('summary').count();
  const told = { all, reached: 0, toggled: 0, outlined: 0 };
  for (let i = 0; i < all; ) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const focus = document.activeElement;
      if (focus.tagName !== 'SUMMARY')
        return { tag: focus.tagName };
      const style = getComputedStyle(focus);
      return { tag: 'SUMMARY', open: focus.parentElement.open, outline: parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none' };
    });
    if (at.tag === 'BODY')
      break;
    if (at.tag !== 'SUMMARY')
      continue;
    i++;
    told.reached++;
    told.outlined += at.outline;
    await page.keyboard.press(i % 2 ? 'Enter' : 'Space');
    told.toggled += await page.evaluate(open => document.activeElement.parentElement.open !== open, at.open);
    if (i >= 40)
      break;      // of thousands, the first forty
  }
  return told;
});

for (const [name, colorScheme, wide] of [['light', 'light', 1000], ['dark', 'dark', 1000], ['phone', 'light', 360]])
  seen.axe[name] = await look({ colorScheme, bypassCSP: true, viewport: { width: wide, height: 800 } }, async page => {
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return result.violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 3).map(node => node.html) }));
  });

// On paper everything is unfolded.
seen.paper = await look({}, async page => {
  await page.emulateMedia({ media: 'print' });
  const folded = await page.evaluate(() => [...document.querySelectorAll('details')]
    .filter(part => getComputedStyle(part, '::details-content').contentVisibility !== 'visible' || part.scrollHeight < 50).length);
  await page.pdf({ path: `${pictures}/paper.pdf`, format: 'A4' });
  return { folded };
});

await browser.close();
console.log(JSON.stringify(seen));
