// The page on its own: its data stands in it, its verdicts stay in this browser until they are saved as a file.

import { estimateOf } from "./estimate.js";
import { Problem } from "./http.js";

export function localBackend(data) {
  const place = `monoglot-review:${data.folder}:${data.seed}:${data.risk.join("").slice(0, 64)}`;
  const verdicts = recalled(place);

  // The page may be open twice: what the other window has kept since is taken in before anything is added.
  function renew() {
    for (const theirs of recalled(place)) {
      const ours = verdicts.find((verdict) => verdict.uid === theirs.uid);
      if (!ours) verdicts.push(theirs);
      else ours.undone ||= theirs.undone;
    }
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify(verdicts));
    } catch {
      throw new Problem("This browser keeps nothing for this page: save the verdicts before you close it.", 0);
    }
  }

  function active(key, note) {
    return verdicts.filter((verdict) => verdict.key === key && !verdict.undone && (verdict.kind === "note") === note);
  }

  // A verdict belongs to the words that it was given on; an edit also to its own, once a run has put them there. This browser
  // may have kept verdicts from a page that was made before another run.
  function stands(verdict) {
    const { plain } = data.details[verdict.key];
    return verdict.seen === plain || (data.items[verdict.key].human && kindOf(verdict) === "edit" && textOf(verdict) === plain);
  }

  function current(key) {
    const base = data.items[key];
    const judged = active(key, false);
    const own = judged.filter(stands);
    const last = own.at(-1);
    const notes = active(key, true);
    const strata = [...base.strata, ...own.map((verdict) => verdict.stratum).filter(Boolean)];
    const standing = last ? { id: last.uid, kind: kindOf(last), text: textOf(last), reviewer: last.reviewer, at: last.at } : base.standing;
    return {
      ...base,
      standing,
      stale: !standing && (base.stale || judged.length > 0),
      drawn: strata.length > 0,
      strata,
      note: notes.length ? notes.at(-1).text : base.note,
    };
  }

  // A confirmation repeats what stood before it.
  function kindOf(verdict) {
    return verdict.kind === "confirm" ? verdict.confirmed.kind : verdict.kind;
  }

  function textOf(verdict) {
    return verdict.kind === "confirm" ? verdict.confirmed.text : verdict.text;
  }

  function detailed(key) {
    const item = current(key);
    const own = verdicts.filter((verdict) => verdict.key === key).reverse();
    const { source, text } = data.details[key];
    const history = own.map((verdict) => ({
      ...verdict, kind: kindOf(verdict), text: textOf(verdict), undone_at: verdict.undone || null, undone_by: null,
    }));
    return { ...data.details[key], ...item, source, text, flags: data.details[key].flags,
      revision: own.length, history: [...history, ...data.details[key].history] };
  }

  function stratum(query) {
    if (query.order !== "sample" || query.flag || query.search || (query.document && query.language)) return null;
    if (query.document) return `document:${query.document}`;
    return query.language ? `language:${query.language}` : "*";
  }

  function selected(query) {
    const keys = query.order === "sample" ? data.sample : [...data.risk];
    const items = keys.map(current);
    if (query.order === "document") {
      items.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.number - b.number));
    }
    const words = (query.search ?? "").toLowerCase();
    return items.filter(
      (item) =>
        (!query.document || item.document === query.document) &&
        (!query.language || item.language === query.language) &&
        (!query.flag || item.flags.some((flag) => flag.code === query.flag)) &&
        (!words || plain(item.key).toLowerCase().includes(words)) &&
        (query.open !== "1" || !(query.order === "sample" ? item.drawn : item.standing)),
    );
  }

  function plain(key) {
    const { source, text } = data.details[key];
    return `${source.map((piece) => piece.text).join("")}\n${text.map((piece) => piece.text).join("")}`;
  }

  function summary(query) {
    const all = data.risk.map(current);
    const judged = all.filter((item) => item.standing);
    return {
      ...data.summary,
      segments: all.length,
      judged: judged.length,
      flags: counted(all.flatMap((item) => [...new Set(item.flags.map((flag) => flag.code))])),
      languages: counted(all.map((item) => item.language)),
      stratum: stratum(query),
      estimate: estimates(),
    };
  }

  function estimates() {
    const base = data.summary.estimate;
    const changed = data.sample.map((key) => [data.items[key], current(key)]).filter(([, after]) => after.drawn);
    // What was drawn from one language or document says nothing of all.
    const renewed = (figures, among, ...strata) => {
      let { judged, wrong } = figures;
      const counts = (item) => item.strata.some((stratum) => strata.includes(stratum));
      for (const [before, after] of changed.filter(([item]) => among(item))) {
        judged += Number(counts(after)) - Number(counts(before));
        wrong += Number(counts(after) && after.standing?.kind !== "accept") - Number(counts(before) && before.standing?.kind !== "accept");
      }
      return estimateOf(figures.population, judged, wrong, base.margin);
    };
    const languages = Object.entries(base.languages).map(([code, figures]) => [
      code, renewed(figures, (item) => item.language === code, "*", `language:${code}`),
    ]);
    return { margin: base.margin, all: renewed(base.all, () => true, "*"), languages: Object.fromEntries(languages), documents: {} };
  }

  return {
    alone: true,
    async start(query) {
      const settings = { folder: data.folder, reviewer: data.reviewer, seed: data.seed };
      const answer = await this.queue(query);
      const key = query.key in data.items ? query.key : answer.items[0]?.key;
      return { settings, documents: data.documents, segment: key ? detailed(key) : null, ...answer };
    },
    async queue(query) {
      const items = selected(query);
      const from = query.after ? items.findIndex((item) => item.key === query.after) + 1 : 0;
      return { items: items.slice(from, from + Number(query.limit ?? 40)), summary: summary(query) };
    },
    async documents(search) {
      const words = search.toLowerCase();
      return data.documents.filter(({ title, path }) => `${title}\n${path}`.toLowerCase().includes(words));
    },
    async segment(key) {
      if (!(key in data.items)) throw new Problem("That segment is not in this file.", 404);
      return detailed(key);
    },
    async verdict(given) {
      renew();
      const { revision, ...verdict } = given;
      const text = verdict.text?.replace(/\s+/gu, " ").trim() || null;
      if (verdict.kind === "edit" && !text) {
        throw new Problem("a correction needs words; to say that the translation is wrong, reject it", 422);
      }
      if (verdict.kind === "edit" && text === data.details[verdict.key].plain) {
        throw new Problem("nothing was changed; to say that the translation is right, accept it, and if it was corrected before, undo that", 422);
      }
      const confirmed = verdict.kind === "confirm" ? current(verdict.key).standing : null;
      verdicts.push({
        ...verdict, text, confirmed, seen: data.details[verdict.key].plain,
        at: new Date().toISOString().replace(/\.\d+Z$/, "Z"), undone: "",
      });
      keep();
      return { id: verdict.uid, segment: detailed(verdict.key) };
    },
    async undo(uid) {
      renew();
      const verdict = verdicts.find((one) => one.uid === uid && !one.undone);
      if (!verdict) throw new Problem("that verdict has been taken back already", 404);
      verdict.undone = new Date().toISOString();
      keep();
      return { segment: detailed(verdict.key) };
    },
    file(reviewer) {
      renew();
      const chosen = verdicts.map(({ uid, key, kind, text, seen, stratum, seed, at, undone, confirmed }) => ({
        uid, key, seen, at, stratum, seed, undone: Boolean(undone),
        kind: confirmed ? confirmed.kind : kind, text: confirmed ? confirmed.text : text,
      }));
      return { format: data.format, version: data.version, reviewer: reviewer || data.reviewer, verdicts: chosen };
    },
  };
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function recalled(place) {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]");
  } catch {
    return []; // nothing kept here, or nothing may be
  }
}
