// Block Kit as Slack draws it. `use(block, element, value)` is called when a person uses an element.

import { control } from "./controls.js";
import { el, link, safeUrl } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Nodes for blocks; input blocks are drawn by `drawInput`. */
export function drawBlocks(blocks, { scope, use, drawInput }) {
  return blocks.map((block) => (block.type === "input" ? drawInput?.(block) : DRAW[block.type]?.(block, scope, use)) ?? null);
}

const DRAW = {
  header: (block) => el("h3", { class: "block-header" }, textObject(block.text)),
  divider: () => el("hr", { class: "block-divider" }),
  section: (block, scope, use) =>
    el(
      "div",
      { class: "block-section" },
      el(
        "div",
        { class: "section-body" },
        block.text ? el("div", { class: "section-text" }, textObject(block.text)) : null,
        block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field-cell" }, textObject(field)))) : null,
      ),
      block.accessory ? el("div", { class: "accessory" }, drawElement(block.accessory, block, scope, use)) : null,
    ),
  context: (block) =>
    el("div", { class: "block-context" }, block.elements.map((each) =>
      each.type === "image" ? image(each, "context-image") : el("span", { class: "context-text" }, textObject(each)))),
  actions: (block, scope, use) =>
    el("div", { class: "block-actions" }, block.elements.map((each) => drawElement(each, block, scope, use))),
  image: (block) =>
    el("figure", { class: "block-image" }, block.title ? el("figcaption", {}, textObject(block.title)) : null, image(block, "")),
  rich_text: (block) => el("div", { class: "block-rich" }, richText(block)),
};

/** Pictures of other sites are not loaded (the page talks to itself alone): their words and a link stand for them. */
function image(block, name) {
  const own = safeUrl(block.image_url) && new URL(block.image_url).origin === location.origin;
  return own
    ? el("img", { class: name, src: block.image_url, alt: block.alt_text })
    : el("span", { class: "image-words" }, link(block.image_url, block.alt_text));
}

function drawElement(element, block, scope, use) {
  if (element.type === "image") return image(element, "accessory-image");
  const key = `${scope}/${block.block_id}/${element.action_id}`;
  if (element.type === "button") return button(element, block, key, use);
  const drawn = control(element, { "data-key": key, "aria-label": element.placeholder?.text ?? "Choose" });
  drawn.node.addEventListener("change", () => use(block, element, drawn.read(), drawn.node));
  return drawn.node;
}

function button(element, block, key, use) {
  const attributes = {
    class: `button ${element.style ?? ""}`,
    "data-key": key,
    "aria-label": element.accessibility_label,
    onclick: (event) => use(block, element, null, event.currentTarget),
  };
  const words = textObject(element.text);
  const href = element.url && safeUrl(element.url);
  return href
    ? el("a", { ...attributes, href, target: "_blank", rel: "noopener noreferrer" }, words, el("span", { class: "leads-out", "aria-hidden": "true" }, "↗"))
    : el("button", { ...attributes, type: "button" }, words);
}
