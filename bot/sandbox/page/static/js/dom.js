// Building nodes: text nodes and set attributes only, so that no text can become markup.

/** An element with attributes, listeners (onclick: f) and children; null and false children are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** An address that may become a link, or null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, ...children) {
  const href = safeUrl(address);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", {}, ...children);
}

/**
 * Make the children of `parent` show `items`, touching only those that changed, so that focus and scroll stay.
 * A replaced node hands the focus on to the same control (data-key) in its successor.
 */
export function reconcile(parent, items, key, draw) {
  const old = new Map([...parent.children].map((node) => [node.dataset.item, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const signature = JSON.stringify(item);
    let node = old.get(name);
    old.delete(name);
    if (!node || node.signature !== signature) {
      const fresh = draw(item);
      fresh.dataset.item = name;
      fresh.signature = signature;
      if (node) place = replaceKeepingFocus(node, fresh, place);
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
}

function replaceKeepingFocus(node, fresh, place) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const hadFocus = node.contains(document.activeElement);
  node.replaceWith(fresh);
  if (hadFocus) {
    const successor = [...fresh.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused);
    (successor ?? fresh).focus({ preventScroll: true });
  }
  return node === place ? fresh : place;
}
