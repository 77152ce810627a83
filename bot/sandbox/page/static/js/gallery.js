// The gallery: cards of one event type in every state, or of every type in one state, and the modals of a type.

import { read } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { setClock } from "./dates.js";
import { drawForm } from "./dialogs.js";
import { byId, el } from "./dom.js";
import { mrkdwn, setNames } from "./mrkdwn.js";
import { toast } from "./news.js";

const nothing = () => {};

function figure(one, place, ...drawn) {
  return el("figure", { class: "gallery-item", "data-item": `${one.type}/${one.state}` },
    el("figcaption", {}, el("strong", {}, one.state), ` ${one.type}`), ...drawn);
}

function card(one, number) {
  const place = `g${number}`;
  return figure(one, place,
    el("div", { class: "gallery-card" }, el("div", { class: "blocks" }, drawBlocks(one.blocks, { scope: place, use: nothing }))),
    el("p", { class: "gallery-heard" }, el("span", { class: "gallery-label" }, "Heard, and in notifications: "), mrkdwn(one.text)));
}

function modal(one, number) {
  const text = (part) => one.view[part]?.text ?? "";
  const view = { id: `m${number}`, title: text("title"), submit: text("submit"), close: text("close"),
    blocks: one.view.blocks, values: {}, errors: {}, trouble: "" };
  const form = drawForm(view, new Map(), { submit: nothing, close: nothing, use: nothing });
  form.querySelector("h2").removeAttribute("id");
  form.inert = true;
  return figure({ ...one, state: `modal: ${one.state}` }, view.id, el("div", { class: "modal gallery-modal" }, form));
}

function fill(select, names, every, chosen) {
  select.replaceChildren(el("option", { value: "" }, every),
    ...names.map((name) => el("option", { value: name, selected: name === chosen }, name)));
}

async function show() {
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  try {
    const told = await read("gallery", asked);
    setClock(Intl.DateTimeFormat().resolvedOptions().timeZone, told.now);
    setNames([], []);
    fill(byId("type"), told.types, "every type", told.type);
    fill(byId("state"), told.states, "every state", told.state);
    byId("count").textContent = `${told.cards.length} cards, ${told.modals.length} modals`;
    byId("gallery").replaceChildren(...told.cards.map(card), ...told.modals.map(modal));
  } catch (error) {
    toast(error.message);
  }
}

byId("choice").addEventListener("change", () => {
  const chosen = new URLSearchParams({ type: byId("type").value, state: byId("state").value });
  history.replaceState(null, "", `?${chosen}${location.hash}`);
  show();
});
byId("choice").addEventListener("submit", (event) => event.preventDefault());
show();
