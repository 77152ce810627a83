// Modals and confirm dialogs, on the browser's own <dialog>: it traps the focus, knows Esc and makes the rest inert.

import { drawBlocks } from "./blocks.js";
import { control } from "./controls.js";
import { byId, el } from "./dom.js";
import { textObject } from "./mrkdwn.js";

let opener = null;

/** Remember the control that may open a dialog, to give the focus back to it or to its successor. */
export function rememberOpener(node) {
  opener = node?.dataset.key ?? null;
}

function giveFocusBack() {
  const successor = opener && [...document.querySelectorAll("[data-key]")].find((node) => node.dataset.key === opener);
  (successor ?? byId("messages")).focus({ preventScroll: true });
}

/** Show the modal on top, or none. `submit(view, values)`, `close(view)` and `use(view, block, element, value, node)` act. */
export function showModal(view, { submit, close, use }) {
  const dialog = byId("modal");
  if (!view) {
    if (dialog.open) {
      dialog.close();
      giveFocusBack();
    }
    dialog.signature = "";
    return;
  }
  const signature = JSON.stringify(view);
  if (dialog.signature === signature) return;
  dialog.signature = signature;
  const inputs = new Map();
  const form = drawForm(view, inputs, { submit, close, use });
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    close(view);
  };
  if (!dialog.open) dialog.showModal();
  focusFirst(form);
}

function focusFirst(form) {
  const node = form.querySelector('[aria-invalid="true"]') ?? form.querySelector(".field, .choice input, .modal-submit, .modal-close");
  node?.focus();
  if (node?.matches("textarea, input[type=text]")) node.setSelectionRange(node.value.length, node.value.length);
}

/** A modal as a form; also where nothing can be sent off. */
export function drawForm(view, inputs, { submit, close, use }) {
  const send = el("button", { type: "submit", class: "button primary modal-submit" }, view.submit || "Submit");
  const form = el(
    "form",
    {
      novalidate: true,
      onsubmit: async (event) => {
        event.preventDefault();
        send.setAttribute("aria-busy", "true");
        send.disabled = true;
        await submit(view, Object.fromEntries([...inputs].map(([block, each]) => [block, each.read()])));
        send.removeAttribute("aria-busy");
        send.disabled = false;
      },
    },
    el(
      "header",
      { class: "modal-head" },
      el("h2", { id: "modal-title" }, view.title),
      el("button", { type: "button", class: "modal-x", "aria-label": "Close", onclick: () => close(view) }, "×"),
    ),
    el(
      "div",
      { class: "modal-body" },
      view.trouble ? el("p", { class: "modal-trouble", role: "alert" }, view.trouble) : null,
      drawBlocks(view.blocks, {
        scope: view.id,
        use: (block, element, value, node) => use(view, block, element, value, node),
        drawInput: (block) => drawInput(block, view, inputs),
      }),
    ),
    el(
      "footer",
      { class: "modal-foot" },
      el("button", { type: "button", class: "button modal-close", onclick: () => close(view) }, view.close),
      view.submit ? send : null,
    ),
  );
  return form;
}

function drawInput(block, view, inputs) {
  const id = `input-${view.id}-${block.block_id}`;
  const error = view.errors[block.block_id];
  const described = [error ? `${id}-error` : "", block.hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  const element = block.element;
  const attributes = {
    id,
    "aria-describedby": described || null,
    "aria-invalid": error ? "true" : null,
    "aria-required": block.optional ? null : "true",
    "aria-labelledby": `${id}-label`,
  };
  const drawn = control(element, attributes, view.values[block.block_id]?.[element.action_id]);
  inputs.set(block.block_id, drawn);
  return el(
    "div",
    { class: `block-input${error ? " wrong" : ""}` },
    el("label", { id: `${id}-label`, for: id }, textObject(block.label), block.optional ? el("span", { class: "optional" }, " (optional)") : null),
    drawn.node,
    error ? el("p", { class: "input-error", id: `${id}-error`, role: "alert" }, error) : null,
    block.hint ? el("p", { class: "input-hint", id: `${id}-hint` }, textObject(block.hint)) : null,
  );
}

/** Ask before something is done. Resolves to whether the person agreed. */
export function askFirst(confirm) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const end = (agreed) => {
      dialog.close();
      giveFocusBack();
      resolve(agreed);
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      end(false);
    };
    const yes = el("button", { type: "button", class: `button ${confirm.style ?? "primary"} confirm-yes`, onclick: () => end(true) }, textObject(confirm.confirm));
    const no = el("button", { type: "button", class: "button confirm-no", onclick: () => end(false) }, textObject(confirm.deny));
    dialog.replaceChildren(
      el("header", { class: "modal-head" }, el("h2", { id: "confirm-title" }, textObject(confirm.title))),
      el("div", { class: "modal-body" }, el("p", {}, textObject(confirm.text))),
      el("footer", { class: "modal-foot" }, no, yes),
    );
    dialog.showModal();
    yes.focus();
  });
}
