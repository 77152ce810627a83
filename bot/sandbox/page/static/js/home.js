// The Home tab: a view of the app in place of a conversation.

import { drawBlocks } from "./blocks.js";
import { byId, el } from "./dom.js";

/** Stands for the tab among the ids of channels. */
export const HOME = "home";

let shown = "";

/** Show a view, or none. `use(view, block, element, value, node)` uses an element of it. */
export function showHome(view, use) {
  const place = byId("home");
  place.hidden = !view;
  byId("message-list").hidden = Boolean(view);
  byId("composer").hidden = Boolean(view);
  const signature = JSON.stringify(view);
  if (!view || shown === signature) return;
  shown = signature;
  const empty = el("p", { class: "home-empty" }, "The app has not shown anything here yet.");
  const act = (block, element, value, node) => use(view, block, element, value, node);
  place.replaceChildren(...(view.blocks.length ? drawBlocks(view.blocks, { scope: HOME, use: act }) : [empty]));
}
