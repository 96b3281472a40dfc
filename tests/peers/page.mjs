// The HTML page in a real browser: no console message, no request, filters, search, links, printing,
// the view without JavaScript, and axe.
//   node tests/peers/page.mjs MODULES CHROMIUM PAGE.html PICTURES_FOLDER
import { createRequire } from "node:module";
import { readFileSync, mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, browserPath, page, pictures] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(page).href;
mkdirSync(pictures, { recursive: true });

const problems = [];
const hold = (is, what) => { if (!is) problems.push(what); };

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function visit(name, options, act) {
  // axe is a script from outside, so it runs where the policy of the page is set aside.
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.on("console", (message) => problems.push(`${name}: the console says ${message.text()}`));
  tab.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
  tab.on("request", (request) => { if (request.url() !== address) problems.push(`${name}: asks for ${request.url()}`); });
  await tab.goto(address);
  await act(tab);
  await context.close();
}

const shown = (tab) => tab.locator(".item:visible").count();

async function accessible(name, tab) {
  await tab.evaluate(axe);
  const result = await tab.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const one of result.violations) {
    problems.push(`${name}: axe ${one.id} (${one.impact}): ${one.help}; ${one.nodes.length} places, such as ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary.split("\n")[1] ?? ""}`);
  }
}

await visit("desktop", { viewport: { width: 1280, height: 1800 } }, async (tab) => {
  const total = await tab.locator(".item").count();
  hold(total > 100, `only ${total} items`);
  hold((await shown(tab)) === total, "not every item is shown at first");
  await tab.screenshot({ path: `${pictures}/desktop.png` });

  await tab.selectOption("#f-verdict", "fail");
  const fails = await shown(tab);
  hold(fails > 0 && fails < total, `the filter by verdict shows ${fails}`);
  hold((await tab.locator(".item:visible:not([data-verdict=fail])").count()) === 0, "the filter shows other verdicts");
  await tab.selectOption("#f-level", "recommended");
  hold((await shown(tab)) < fails, "two filters show no less than one");
  await tab.click("form button[type=reset]");
  await tab.waitForFunction((all) => document.querySelectorAll(".item:not([hidden])").length === all, total);
  for (const filter of ["actor", "assurance", "theme"]) {
    const value = await tab.locator(`#f-${filter} option`).nth(1).getAttribute("value");
    await tab.selectOption(`#f-${filter}`, value);
    hold((await tab.locator(".item:visible").evaluateAll((all, [f, v]) => all.every((one) => one.dataset[f] === v), [filter, value])), `the filter by ${filter} shows others`);
    await tab.selectOption(`#f-${filter}`, "");
  }
  await tab.fill("#f-search", "ｔｌｓ");
  const found = await shown(tab);
  hold(found > 0 && found < total, `the search in full width shows ${found}`);
  await tab.fill("#f-search", "no such words at all");
  hold(await tab.locator("#f-none").isVisible(), "nothing is said where nothing is found");
  // A link leads to its item, also where a filter hides it.
  await tab.evaluate(() => { location.hash = "vendor-138/44"; });
  await tab.waitForFunction(() => document.getElementById("vendor-138/44").open);
  hold(await tab.locator('[id="vendor-138/44"] .criteria').isVisible(), "a link does not open its item");
  await tab.keyboard.press("Escape");
  await tab.locator("body").press("/");
  hold(await tab.evaluate(() => document.activeElement.id === "f-search"), "the slash does not lead to the search");
  await tab.locator('[id="vendor-138/45"] summary').focus();
  await tab.keyboard.press("Enter");
  hold(await tab.evaluate(() => document.getElementById("vendor-138/45").open), "an item does not open by the keyboard");
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  hold(!wide, "the page is wider than the window");
});

await visit("policy", {}, async (tab) => {
  // The policy does what it says: a script from outside does not run.
  const ran = await tab.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  hold(!ran, "the policy lets a foreign script run");
  const refusal = problems.findIndex((one) => one.startsWith("policy: the console says") && /Content Security Policy/.test(one));
  hold(refusal >= 0, "the policy says nothing");
  if (refusal >= 0) problems.splice(refusal, 1);
});

for (const colorScheme of ["light", "dark"]) {
  await visit(`axe, ${colorScheme}`, { viewport: { width: 1280, height: 1000 }, colorScheme, bypassCSP: true }, async (tab) => {
    await tab.click("#f-open");
    await accessible(`axe, ${colorScheme}`, tab);
    if (colorScheme === "dark") await tab.screenshot({ path: `${pictures}/dark.png` });
  });
}

await visit("phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, bypassCSP: true }, async (tab) => {
  await tab.screenshot({ path: `${pictures}/phone.png`, fullPage: false });
  await tab.tap('[id="vendor-138/44"] summary');
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  hold(!wide, "the page is wider than the phone");
  await accessible("axe, phone", tab);
});

await visit("without JavaScript", { javaScriptEnabled: false, viewport: { width: 1280, height: 1000 } }, async (tab) => {
  hold(!(await tab.locator("#filters").isVisible()), "filters are shown that do nothing");
  hold((await tab.locator(".item > summary:visible").count()) > 100, "items are missing");
  await tab.locator('[id="vendor-138/44"] summary').click();
  hold(await tab.locator('[id="vendor-138/44"] .criteria').isVisible(), "an item does not open");
});

await visit("print", { viewport: { width: 1280, height: 1000 } }, async (tab) => {
  await tab.emulateMedia({ media: "print" });
  await tab.pdf({ path: `${pictures}/page.pdf`, preferCSSPageSize: true });
});

await browser.close();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log("the page: no message, no request, no violation; filters, search, links, keyboard and print work");
