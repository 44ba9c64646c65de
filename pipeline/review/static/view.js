// One segment on the page: side by side, with its neighbours, the evidence of its flags, and what is known of it.

import { ICONS, direction, h, icon, languageName, number, shown, words } from "./dom.js";

// Characters of a segment that are shown at first: more than a long paragraph, less than slows a browser down.
const SHOWN_FIRST = 6000;
export const VERDICTS = { accept: "Accepted", edit: "Corrected", reject: "Rejected", note: "Noted" };

export function segmentView(segment, { expanded, onExpand, sampling, onConfirm }) {
  return [
    crumb(segment),
    standing(segment, sampling, onConfirm),
    stage(segment, expanded, onExpand),
    flags(segment),
    note(segment),
    context(segment),
    making(segment),
    past(segment),
  ].filter(Boolean);
}

function crumb(segment) {
  return h(
    "header", { class: "crumb" },
    h("h2", { id: "segment-title", dir: "auto" }, shown(segment.title)),
    h(
      "p", {},
      h("span", {}, `Sentence ${number(segment.number + 1)} of ${number(segment.of)}`),
      h("span", { class: "path", dir: "ltr" }, shown(segment.path)),
      segment.human && h("span", { class: "chip ok" }, "A person's words"),
      risk(segment.risk),
    ),
  );
}

function risk(value) {
  const name = value >= 0.66 ? "High" : value >= 0.33 ? "Medium" : "Low";
  return h("span", { class: `chip risk ${name.toLowerCase()}` }, `${name} risk ${value.toFixed(2)}`);
}

function standing(segment, sampling, onConfirm) {
  if (segment.stale) {
    return h("p", { class: "banner" }, "This was judged when it was translated otherwise. The new translation has no verdict yet.");
  }
  if (!segment.standing) return null;
  const { kind, text, reviewer, at } = segment.standing;
  const who = [reviewer, when(at)].filter(Boolean).join(", ");
  const applied = kind === "edit" && segment.plain === text;
  const confirm = sampling && !segment.drawn;
  return h(
    "div", { class: `banner ${kind}` },
    h("p", {}, icon(ICONS[kind]), h("strong", {}, VERDICTS[kind]), h("span", { class: "who", dir: "auto" }, shown(who)),
      applied && h("span", {}, "and applied")),
    kind === "edit" && !applied && h("p", { class: "later" }, "The next monoglot run puts the correction into the text."),
    confirm && h("p", { class: "later" }, "You judged this when you looked for it. Confirm, and it counts in the sample. ",
      h("button", { type: "button", class: "inline", id: "confirm", onclick: onConfirm }, "Confirm ", h("kbd", { "aria-hidden": "true" }, "c"))),
  );
}

function stage(segment, expanded, onExpand) {
  const kept = segment.action !== "translated";
  const source = languageName(segment.language);
  const rows = [
    h("div", { class: "row heads" }, h("h3", {}, source), h("h3", {}, kept ? "Left as it was" : "English")),
    ...segment.before.map((neighbour) => neighbourRow(neighbour, "Before: ")),
    h(
      "div", { class: "row current" },
      h("div", { class: "cell", lang: segment.language, dir: direction(segment.language), "data-side": "source" },
        h("span", { class: "hidden" }, `${source}: `), pieces(segment, "source", expanded, onExpand)),
      h("div", { class: "cell", lang: kept ? segment.language : "en", dir: kept ? direction(segment.language) : "ltr", id: "english", "data-side": "text" },
        h("span", { class: "hidden" }, "English: "), english(segment, expanded, onExpand)),
    ),
    ...segment.after.map((neighbour) => neighbourRow(neighbour, "After: ")),
  ];
  return h("div", { class: "stage" }, rows);
}

function english(segment, expanded, onExpand) {
  const edited = segment.standing?.kind === "edit" && segment.standing.text !== segment.plain;
  const machine = pieces(segment, "text", expanded, onExpand);
  if (!edited) return machine;
  return [
    h("ins", { class: "correction" }, shown(segment.standing.text)),
    h("del", { class: "was" }, h("span", { class: "hidden" }, "Instead of: "), machine),
  ];
}

function neighbourRow(neighbour, label) {
  const same = neighbour.source === neighbour.text;
  return h(
    "div", { class: "row neighbour" },
    h("div", { class: "cell", lang: neighbour.language, dir: direction(neighbour.language) },
      h("span", { class: "hidden" }, label), shown(neighbour.source)),
    h("div", { class: "cell", lang: "en", dir: same ? direction(neighbour.language) : "ltr" }, shown(neighbour.text)),
  );
}

function pieces(segment, side, expanded, onExpand) {
  const nodes = [];
  let room = expanded ? Infinity : SHOWN_FIRST;
  let total = 0;
  for (const { text, flags } of segment[side]) {
    total += text.length;
    const part = text.length > room ? whole(text.slice(0, room)) : text;
    room -= part.length;
    if (!part) continue;
    if (!flags.length) nodes.push(...shown(part));
    else {
      const severities = flags.map((flag) => segment.flags[flag].severity);
      const severity = ["error", "warning", "info"].find((one) => severities.includes(one));
      nodes.push(h("mark", { class: severity, "data-flags": flags.join(" ") }, shown(part)));
    }
  }
  if (!expanded && total > SHOWN_FIRST) {
    nodes.push("… ", h("button", { type: "button", class: "inline", onclick: onExpand }, `Show all ${number(total)} characters`));
  }
  return nodes;
}

// A cut never parts the two halves of a character beyond U+FFFF.
function whole(text) {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function flags(segment) {
  if (!segment.flags.length) return null;
  const marked = (index, on) => {
    for (const mark of document.querySelectorAll("mark[data-flags]")) {
      if (mark.dataset.flags.split(" ").includes(String(index))) mark.classList.toggle("pointed", on);
    }
  };
  return h(
    "section", { class: "flags", "aria-label": "Flags" },
    h(
      "ul", {},
      segment.flags.map((flag, index) =>
        h("li", { class: flag.severity, onmouseenter: () => marked(index, true), onmouseleave: () => marked(index, false) },
          icon(ICONS[flag.severity]), h("div", {},
            h("strong", {}, words(flag.code), h("span", { class: "hidden" }, ` (${flag.severity})`)),
            h("span", { class: "message", dir: "auto" }, shown(sentence(flag.message)))),
        ),
      ),
    ),
  );
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function note(segment) {
  return segment.note
    ? h("p", { class: "note", dir: "auto" }, icon(ICONS.note), h("span", { class: "hidden" }, "Note: "), h("span", {}, shown(segment.note)))
    : null;
}

function context(segment) {
  const { spans } = segment;
  const removed = segment.context.filter((piece) => piece.kind === "removed");
  const told = removed.length === 1 ? "1 passage removed nearby" : removed.length ? `${removed.length} passages removed nearby` : "nothing removed nearby";
  return h(
    "details", { class: "more-about", id: "context" },
    h("summary", {}, "In the file", h("span", { class: "aside" }, told)),
    h(
      "div", { class: "excerpt", lang: segment.language, dir: direction(segment.language) },
      segment.context.map((piece) => {
        if (piece.kind === "kept") return piece.here ? h("b", {}, shown(piece.text)) : h("span", {}, shown(piece.text));
        if (piece.kind === "removed") return h("del", { title: `${piece.rule}: ${piece.reason}` }, shown(visible(piece.text)));
        return h("span", { class: "changed", title: `${visible(piece.text)} → ${piece.became} (${piece.rule}: ${piece.reason})` }, shown(piece.became));
      }),
    ),
    reasons(segment.context),
    h(
      "dl", { class: "offsets" },
      offset("in the file", spans.raw), offset("in the clean text", spans.source), offset("in the English", spans.text),
    ),
    h("p", { class: "hint" }, "Offsets count characters (Unicode code points) from 0; the end is not included."),
  );
}

function visible(text) {
  return text.trim() ? text : text.replaceAll("\n", "¶").replaceAll(" ", "·");
}

function reasons(pieces) {
  const told = new Map();
  for (const piece of pieces) {
    if (piece.kind !== "kept") told.set(piece.rule, { reason: piece.reason, times: (told.get(piece.rule)?.times ?? 0) + 1 });
  }
  if (!told.size) return null;
  return h("ul", { class: "reasons" }, [...told].map(([rule, { reason, times }]) =>
    h("li", {}, h("code", {}, rule), ` ${reason}`, times > 1 ? ` (${times} times)` : "")));
}

function offset(name, [start, end]) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, `${number(start)}–${number(end)}`));
}

function making(segment) {
  const made = segment.translation;
  if (!made) return null;
  return h(
    "details", { class: "more-about" },
    h("summary", {}, "How it was translated", h("span", { class: "aside" }, made.origin === "human" ? "by a person" : made.model)),
    h(
      "dl", { class: "facts" },
      fact("Model", made.model),
      fact("Score", `${made.score.toFixed(3)} (mean log-probability of a token; nearer to 0 is surer)`),
      made.given && fact("The model was given", made.given),
      made.pivot && fact(`By way of ${languageName(made.pivot.language)} (${made.pivot.score.toFixed(3)})`, made.pivot.hypothesis),
      made.hypothesis !== segment.plain && fact("The model said", made.hypothesis),
    ),
    made.attempts.length > 0 &&
      h("ol", { class: "attempts" }, made.attempts.map((attempt) =>
        h("li", {}, h("strong", {}, words(attempt.method)), attempt.fault ? ` (${attempt.fault})` : " (passed)",
          attempt.given.length > 0 && h("p", {}, "The model was given: ", shown(attempt.given.join(" | "))),
          h("p", {}, shown(attempt.hypothesis))))),
  );
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, shown(value)));
}

function past(segment) {
  if (!segment.history.length) return null;
  return h(
    "details", { class: "more-about" },
    h("summary", {}, "Verdicts so far", h("span", { class: "aside" }, String(segment.history.length))),
    h(
      "ol", { class: "history" },
      segment.history.map((verdict) =>
        h("li", { class: verdict.undone_at ? "undone" : null },
          h("strong", {}, VERDICTS[verdict.kind] ?? words(verdict.kind)),
          ` ${[verdict.reviewer, when(verdict.at), verdict.stratum ? "in the sample" : null].filter(Boolean).join(", ")}`,
          verdict.undone_at ? `; taken back ${[verdict.undone_by, when(verdict.undone_at)].filter(Boolean).join(", ")}` : "",
          verdict.text && h("p", { dir: "auto" }, shown(verdict.text)))),
    ),
  );
}

function when(at) {
  return new Date(at).toLocaleString("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
}

// The field that stands in the place of the English while it is corrected.
export function editor(text, { onSave, onCancel }) {
  const field = h("textarea", { id: "correction", "aria-label": "Corrected English", rows: 3, spellcheck: "true", lang: "en", dir: "auto" });
  field.value = text;
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      onSave(field.value);
    } else if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    }
  });
  const node = h(
    "div", { class: "editor" }, field,
    h("div", { class: "editor-acts" },
      h("button", { type: "button", class: "act primary", onclick: () => onSave(field.value) }, "Save ", h("kbd", { "aria-hidden": "true" }, "Enter")),
      h("button", { type: "button", class: "act", onclick: onCancel }, "Leave it ", h("kbd", { "aria-hidden": "true" }, "Esc"))),
  );
  return { node, field, fit };
}

export function noteEditor(text, handlers) {
  const { node, field, fit } = editor(text, handlers);
  field.id = "note-text";
  field.setAttribute("aria-label", "Note");
  field.setAttribute("placeholder", "What should be remembered about this sentence?");
  node.classList.add("note-editor");
  return { node, field, fit };
}
