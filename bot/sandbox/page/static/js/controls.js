// Form controls for the elements of inputs and action rows: each has a node and can be read.

import { el } from "./dom.js";

let serial = 0;
let people = [];
let upload = async () => null;

/** How a file gets into the workspace: a function from a File to its id. */
export function setUpload(sends) {
  upload = sends;
}

/** Who can be chosen in a users_select. */
export function setChoosable(list) {
  people = list.filter((person) => !person.isBot);
}

/** The options of an element as [{value, label, description}], groups flattened with their label. */
function optionsOf(element) {
  const flat = (options) => options.map((option) => ({
    value: option.value, label: option.text.text, description: option.description?.text,
  }));
  return [...flat(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => flat(group.options))];
}

function optionNodes(element, chosen) {
  const node = (option) => el("option", { value: option.value, selected: option.value === chosen }, option.text.text);
  const groups = (element.option_groups ?? []).map((group) => el("optgroup", { label: group.label.text }, group.options.map(node)));
  return [...(element.options ?? []).map(node), ...groups];
}

function select(element, attributes, chosen, nodes) {
  const hint = element.placeholder?.text ?? "Choose…";
  const node = el("select", { ...attributes, class: "field" }, el("option", { value: "" }, hint), nodes);
  return { node, read: () => node.value || null };
}

function several(element, attributes, chosen, type) {
  const name = `choice-${(serial += 1)}`;
  const boxes = optionsOf(element).map((option) => {
    const box = el("input", { type, name, value: option.value, checked: chosen.includes(option.value) });
    const description = option.description ? el("span", { class: "choice-about" }, option.description) : null;
    return { box, node: el("label", { class: "choice" }, box, el("span", {}, option.label, description)) };
  });
  const node = el("div", { ...attributes, class: "choices", role: type === "radio" ? "radiogroup" : "group" }, boxes.map((each) => each.node));
  const read = () => boxes.filter((each) => each.box.checked).map((each) => each.box.value);
  return { node, read: type === "radio" ? () => read()[0] ?? null : read };
}

function typed(element, attributes, entry) {
  const shared = {
    ...attributes,
    class: "field",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length ?? 3000,
  };
  const value = entry?.value ?? element.initial_value ?? "";
  const types = { number_input: "text", email_text_input: "email", url_text_input: "url" };
  const node = element.multiline
    ? el("textarea", { ...shared, rows: 4 }, value)
    : el("input", { ...shared, type: types[element.type] ?? "text", inputmode: element.type === "number_input" ? "decimal" : null, value });
  return { node, read: () => node.value };
}

function picked(type, attributes, value) {
  const node = el("input", { ...attributes, class: "field", type, value: value ?? "" });
  return { node, read: () => node.value || null };
}

function moment(element, attributes, entry) {
  const seconds = entry?.selected_date_time ?? element.initial_date_time;
  const local = seconds ? new Date(seconds * 1000).toISOString().slice(0, 16) : "";
  const node = el("input", { ...attributes, class: "field", type: "datetime-local", value: local });
  return { node, read: () => (node.value ? String(Date.parse(`${node.value}Z`) / 1000) : null) };
}

/** Files go up as they are chosen; what is read are their ids. */
function files(element, attributes, entry) {
  let ids = (entry?.files ?? []).map((file) => file.id);
  const told = el("p", { class: "input-hint", role: "status" }, (entry?.files ?? []).map((file) => file.name).join(", "));
  const choose = el("input", {
    ...attributes,
    class: "field",
    type: "file",
    multiple: (element.max_files ?? 10) > 1,
    accept: (element.filetypes ?? []).map((type) => `.${type}`).join(",") || null,
    onchange: async () => {
      const chosen = [...choose.files].slice(0, element.max_files ?? 10);
      told.textContent = "Uploading…";
      try {
        ids = await Promise.all(chosen.map(upload));
        told.textContent = "";
      } catch (error) {
        ids = [];
        told.textContent = error.message;
      }
    },
  });
  return { node: el("div", {}, choose, told), read: () => ids };
}

/** A control for one element. `entry` is what was entered before, as in view.state.values. */
export function control(element, attributes, entry) {
  const one = entry?.selected_option?.value ?? element.initial_option?.value;
  const many = (entry?.selected_options ?? element.initial_options ?? []).map((option) => option.value);
  switch (element.type) {
    case "static_select":
    case "overflow":
      return select(element, attributes, one, optionNodes(element, one));
    case "users_select": {
      const chosen = entry?.selected_user ?? element.initial_user;
      return select(element, attributes, chosen, people.map((each) => el("option", { value: each.id, selected: each.id === chosen }, each.name)));
    }
    case "multi_static_select":
    case "checkboxes":
      return several(element, attributes, many, "checkbox");
    case "radio_buttons":
      return several(element, attributes, one ? [one] : [], "radio");
    case "datepicker":
      return picked("date", attributes, entry?.selected_date ?? element.initial_date);
    case "timepicker":
      return picked("time", attributes, entry?.selected_time ?? element.initial_time);
    case "datetimepicker":
      return moment(element, attributes, entry);
    case "file_input":
      return files(element, attributes, entry);
    default:
      return typed(element, attributes, entry);
  }
}
