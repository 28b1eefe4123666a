//! What every page owes to everybody: to those who read it by ear, by keyboard,
//! on a phone (WCAG 2.2, levels A and AA, as far as a program can tell).

use crate::chromium::Chromium;

/// Faults of the page that is open, each in words. The names of controls are
/// the browser's own, as a screen reader gets them.
const FAULTS: &str = r#"
const faults = [];
const seen = (e) => e.checkVisibility({ visibilityProperty: true });
if (!document.documentElement.lang) faults.push('no language');
if (!document.title.trim()) faults.push('no title');
if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
let level = 0;
for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
  const at = Number(h.tagName[1]);
  if (seen(h) && at > level + 1) faults.push(`a level of headings left out before "${h.textContent}"`);
  if (seen(h)) level = at;
}
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
for (const id of ids) if (ids.filter((other) => other === id).length > 1) faults.push(`id ${id} twice`);
for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
  for (const name of ['aria-labelledby', 'aria-describedby'])
    for (const id of (e.getAttribute(name) ?? '').split(' ').filter(Boolean))
      if (!document.getElementById(id)) faults.push(`${name} names ${id}, which is not there`);
for (const i of document.querySelectorAll('img')) if (!i.hasAttribute('alt')) faults.push('a picture without text');
for (const s of document.querySelectorAll('svg[role=img]'))
  if (!s.getAttribute('aria-label') && !s.querySelector('title')) faults.push('a drawing without text');
for (const e of document.querySelectorAll('[style],style,script:not([src]),[onclick],[onload]')) faults.push(`inline: ${e.outerHTML.slice(0, 80)}`);
for (const e of document.querySelectorAll('[src],link[href]'))
  if (new URL(e.src ?? e.href).origin !== location.origin) faults.push(`from elsewhere: ${e.src ?? e.href}`);
for (const th of document.querySelectorAll('th')) if (!th.scope) faults.push(`a heading cell without scope: ${th.textContent}`);
if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`wider than the view: ${document.documentElement.scrollWidth} of ${innerWidth}`);
// Contrast of text on what is behind it, 4.5 to 1, or 3 to 1 for large text.
const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const numbers = (c) => (c.match(/[\d.]+/g) ?? []).map(Number);
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c;
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !seen(e) || e.closest('svg,.skip,.hidden,:disabled,option')) continue;
  const style = getComputedStyle(e), size = parseFloat(style.fontSize);
  const ratio = [light(numbers(style.color)), light(behind(e))].sort((a, b) => b - a).map((l) => l + 0.05);
  const need = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  if (ratio[0] / ratio[1] < need) faults.push(`contrast ${(ratio[0] / ratio[1]).toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
}
return faults;
"#;

/// Asserts that the page that is open owes nothing.
pub(crate) async fn holds(chromium: &Chromium, name: &str) {
    let faults = chromium.ask(FAULTS).await;
    assert_eq!(faults, serde_json::json!([]), "{name}");
    controls_have_names(chromium, name).await;
    keyboard_reaches_the_content(chromium, name).await;
    // The address that is not there is answered with 404, which is logged.
    if !name.ends_with("missing") {
        assert_eq!(chromium.complaints().await, Vec::<String>::new(), "{name}");
    } else {
        drop(chromium.complaints().await);
    }
}

/// Each control has the name that a screen reader says.
async fn controls_have_names(chromium: &Chromium, name: &str) {
    let css = "a[href], button, input:not([type=hidden]), select, summary, [role=region]";
    for control in chromium.all(css).await {
        if !control.is_displayed().await.unwrap() {
            continue;
        }
        let said = chromium.said(&control).await;
        if said.trim().is_empty() {
            let html = control.outer_html().await.unwrap();
            panic!("{name}: a control without a name: {html}");
        }
    }
}

/// The first Tab is the link past the navigation, Enter takes it, and the next
/// Tab is in the content or behind it.
async fn keyboard_reaches_the_content(chromium: &Chromium, name: &str) {
    let focused = "return document.activeElement.className || document.activeElement.tagName";
    chromium.key('\u{e004}').await;
    assert_eq!(chromium.ask(focused).await, "skip", "{name}");
    chromium.key('\u{e007}').await;
    let at = "return document.activeElement.id";
    assert_eq!(chromium.ask(at).await, "content", "{name}");
}
