// Making elements. Texts are only ever set as text: no string here becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export function byId(id) {
  return document.getElementById(id);
}

// h("p", { class: "hint", "aria-label": "…" }, "words", child): attributes that are null or false are left out.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  accept: "M3 8.5l3.2 3.3L13 4.6",
  edit: "M3 13l.8-3.2L10.9 2.7l2.4 2.4-7.1 7.1L3 13z",
  reject: "M4 4l8 8M12 4l-8 8",
  note: "M3 4h10M3 8h10M3 12h6",
  error: "M8 3.2v6M8 12.2v.4",
  warning: "M8 3.2v6M8 12.2v.4",
  info: "M8 7v5.4M8 3.6v.4",
};

// Characters that cannot be seen but can turn or hide what stands around them. The joiners of Persian and of Indian scripts,
// and the plain direction marks, do their work unseen.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, "gu");
const NAMES = {
  "\u202a": "left-to-right embedding", "\u202b": "right-to-left embedding", "\u202c": "end of embedding",
  "\u202d": "left-to-right override", "\u202e": "right-to-left override", "\u2066": "left-to-right isolate",
  "\u2067": "right-to-left isolate", "\u2068": "isolate", "\u2069": "end of isolate", "\u200b": "zero-width space",
  "\u00ad": "soft hyphen", "\ufeff": "byte order mark",
};

// The nodes of a text, with a sign in the place of each character that could steer what is seen.
export function shown(text) {
  if (!UNSEEN.test(text)) return [text];
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(EVERY_UNSEEN)) {
    if (match.index > at) nodes.push(text.slice(at, match.index));
    const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    const name = NAMES[match[0]] ?? "control character";
    nodes.push(h("span", { class: "sign", title: `${name} (U+${code})` }, `U+${code}`));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);

export function direction(language) {
  if (language === "und") return "auto";
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

const displayed = new Intl.DisplayNames(["en"], { type: "language" });

export function languageName(code) {
  if (code === "und") return "Unknown language";
  try {
    return displayed.of(code) ?? code;
  } catch {
    return code; // not a code that the browser takes
  }
}

export function words(code) {
  const spaced = code.replaceAll("-", " ").replaceAll("_", " ").replaceAll(".", ": ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function number(value) {
  return value.toLocaleString("en");
}

export function percent(share) {
  const digits = share > 0 && share < 0.1 ? 1 : 0;
  return `${(share * 100).toFixed(digits)} %`;
}
