// The list at the side: what comes next, how it is ordered and narrowed, how far one is.

import { ICONS, byId, direction, h, icon, languageName, number, percent, shown, words } from "./dom.js";
import { VERDICTS } from "./view.js";

export const HINTS = {
  risk: "What looks most doubtful comes first. Verdicts here do not enter the estimate.",
  sample: "Drawn at random: your verdicts here say how good the whole is.",
  document: "Document by document, as they are read.",
};

export function listItem(item, { current, onChoose }) {
  const severity = ["error", "warning", "info"].find((one) => item.flags.some((flag) => flag.severity === one));
  const told = item.flags.map((flag) => words(flag.code)).join(", ");
  const state = item.standing?.kind;
  return h(
    "li", { "data-key": item.key, class: state ? `judged ${state}` : null },
    h(
      "button", { type: "button", "aria-current": current ? "true" : null, onclick: onChoose },
      h("span", { class: "item-text", dir: item.action === "translated" ? "ltr" : direction(item.language) }, shown(item.standing?.kind === "edit" ? item.standing.text : item.text)),
      h("span", { class: "item-source", lang: item.language, dir: direction(item.language) }, shown(item.source)),
      h(
        "span", { class: "item-foot" },
        state
          ? h("span", { class: `state ${state}` }, icon(ICONS[state]), VERDICTS[state])
          : h("span", { class: "risk-bar", title: `Risk ${item.risk.toFixed(2)}` }, riskBar(item.risk)),
        told && h("span", { class: `told ${severity}` }, told),
        item.note && h("span", { class: "told" }, "Note"),
        h("span", { class: "code" }, item.language),
      ),
    ),
  );
}

function riskBar(value) {
  const bar = h("i", {});
  bar.style.width = `${Math.round(value * 100)}%`;
  return [bar, h("span", { class: "hidden" }, `Risk ${value.toFixed(2)}`)];
}

export function showFilters(summary, documents, query) {
  options(byId("flag"), [["", "All"], ...summary.flags.map(([code, many]) => [code, `${words(code)} (${number(many)})`])], query.flag);
  options(byId("language"), [["", "All"], ...summary.languages.map(([code, many]) => [code, `${languageName(code)} (${number(many)})`])], query.language);
  const more = summary.documents > documents.length && documents.length ? [["?", `Find one of ${number(summary.documents)} …`]] : [];
  const named = documents.map(({ id, title, segments }) => [id, `${title} (${number(segments)})`]);
  const known = !query.document || documents.some(({ id }) => id === query.document) ? [] : [[query.document, query.document]];
  options(byId("document"), [["", "All documents"], ...more, ...known, ...named], query.document);
}

function options(select, values, chosen) {
  select.replaceChildren(...values.map(([value, text]) => {
    const option = h("option", { value }, text);
    option.selected = value === chosen;
    return option;
  }));
}

export function showGauges(summary) {
  const { judged, segments, estimate } = summary;
  byId("progress-label").textContent = `${number(judged)} of ${number(segments)} judged`;
  byId("progress").max = Math.max(segments, 1);
  byId("progress").value = judged;
  const all = estimate.all;
  const bar = byId("interval");
  bar.style.left = `${all.low * 100}%`;
  bar.style.width = `${(all.high - all.low) * 100}%`;
  byId("estimate").classList.toggle("unknown", all.judged === 0);
  byId("estimate-label").textContent = all.judged
    ? `${percent(all.share)} need work (${range(all)})`
    : "No estimate yet: judge a random sample";
}

function range({ low, high }) {
  return `${(low * 100).toFixed(low < 0.1 ? 1 : 0)}–${(high * 100).toFixed(high < 0.1 ? 1 : 0)} %`;
}

export function figures(estimate, titles) {
  const more = ({ more: many, judged, population }) => {
    if (!population) return "";
    if (judged === population) return "all judged";
    return many ? `${number(many)} more` : "narrow enough";
  };
  const line = (name, figure) =>
    h("tr", {}, h("th", { scope: "row", dir: "auto" }, shown(name)), h("td", {}, `${number(figure.wrong)} of ${number(figure.judged)}`),
      h("td", {}, figure.judged ? percent(figure.share) : "–"), h("td", {}, figure.judged ? range(figure) : "–"), h("td", {}, more(figure)));
  const group = (name, entries) =>
    entries.length ? [h("tr", { class: "group" }, h("th", { scope: "colgroup", colspan: 5 }, name)), ...entries] : [];
  const margin = Math.round(estimate.margin * 100);
  return [
    h("p", {}, "The share of translated sentences that were rejected or corrected, with the range it lies in with 95 % confidence (Wilson)."),
    h("div", { class: "table", tabindex: 0, role: "region", "aria-label": "Estimates" },
      h("table", {},
        h("thead", {}, h("tr", {}, ["", "wrong", "share", "between", `for ±${margin} %`].map((name) => h("th", { scope: "col" }, name || h("span", { class: "hidden" }, "what"))))),
        h("tbody", {}, line("All", estimate.all),
          group("By language", Object.entries(estimate.languages).map(([code, figure]) => line(languageName(code), figure))),
          group("By document", Object.entries(estimate.documents).map(([id, figure]) => line(titles.get(id) ?? id, figure)))))),
    h("p", { class: "hint" }, "Narrow the random sample to a language or a document, and what you judge there counts for it alone."),
  ];
}
