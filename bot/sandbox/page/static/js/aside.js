// The right column: the clock, the scenario and the Odoo records; or a thread.

import { clockTime, now, untilMorning, weekdayName } from "./dates.js";
import { byId, el, link, reconcile } from "./dom.js";

const LEAPS = [
  ["+1 h", "One hour later", () => 3600],
  ["+4 h", "Four hours later", () => 4 * 3600],
  ["Next morning", "Next morning at seven", untilMorning],
];

/** Draw the buttons of the clock once, and let it run. */
export function startClock(advance) {
  byId("clock-buttons").replaceChildren(
    ...LEAPS.map(([label, name, seconds]) =>
      el("button", { type: "button", class: "button small", "aria-label": name, onclick: (event) => advance(seconds(), event.currentTarget) }, label)),
  );
  setInterval(showClock, 1000);
}

export function showClock() {
  const time = byId("clock-time");
  time.dateTime = new Date(now() * 1000).toISOString();
  time.textContent = clockTime(now());
  byId("clock-day").textContent = weekdayName(now());
}

/** The buttons that make something happen; `run(id, node)` runs a step. */
export function showSteps(steps, run) {
  const parent = byId("steps");
  parent.hidden = !steps.length;
  reconcile(parent, steps, (step) => step.id, (step) =>
    el("button", { type: "button", class: "button step", "data-key": `step/${step.id}`, "data-step": step.id, onclick: (event) => run(step.id, event.currentTarget) }, step.label));
}

/** The Odoo records; one that changed is marked for a moment. */
export function showRecords(records) {
  const parent = byId("records");
  const known = parent.childElementCount > 0;
  if (!records.length) {
    parent.replaceChildren(el("p", { class: "empty" }, "Nothing here yet."));
    return;
  }
  parent.querySelector(".empty")?.remove();
  reconcile(parent, records, (record) => record.title, (record) => drawRecord(record, known));
}

function drawRecord(record, fresh) {
  const title = record.url ? link(record.url, record.title) : record.title;
  return el(
    "article",
    { class: `record${fresh ? " fresh" : ""}`, tabindex: -1 },
    el("header", { class: "record-head" }, el("h3", {}, title), el("span", { class: `state state-${tone(record.state)}` }, record.state)),
    el("dl", {}, (record.lines ?? []).map(([label, value]) => el("div", { class: "record-line" }, el("dt", {}, label), el("dd", {}, value)))),
    record.notes?.length
      ? el("details", { class: "notes", "data-key": `notes/${record.title}` }, el("summary", {}, record.notes.length === 1 ? "1 note" : `${record.notes.length} notes`),
          el("ol", {}, record.notes.map((note) => el("li", {}, note))))
      : null,
  );
}

const TONES = [
  [/cancel|reject|refus/i, "bad"],
  [/^(done|purchase|sale|confirmed|approved|applied|purchase order|sales order)/i, "good"],
  [/wait|approve|sent|draft|counted|pending|quotation|rfq/i, "open"],
];

function tone(state) {
  return TONES.find(([pattern]) => pattern.test(state))?.[1] ?? "plain";
}

/** Show one of the two panels. */
export function showPanel(name) {
  for (const each of ["world", "thread"]) {
    const tab = byId(`tab-${each}`);
    const chosen = each === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(each).hidden = !chosen;
  }
}

/** Tabs by click and by arrow keys. */
export function startTabs(chosen) {
  const tabs = [byId("tab-world"), byId("tab-thread")];
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => chosen(tab.id.slice(4)));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const other = tabs[1 - index];
      if (other.disabled) return;
      chosen(other.id.slice(4));
      other.focus();
    });
  }
}
