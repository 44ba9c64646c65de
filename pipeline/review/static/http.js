// The program behind the page, over HTTP. `local.js` has the same functions for the page that stands alone.

export class Problem extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function httpBackend() {
  const ask = async (name, values) => answer(await reach(`/api/${name}?${new URLSearchParams(values)}`, {}));
  const tell = async (name, body) =>
    answer(
      await reach(`/api/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  return {
    alone: false,
    start: (query) => ask("start", query),
    queue: (query) => ask("queue", query),
    documents: (search) => ask("documents", { search }),
    segment: (key) => ask("segment", { key }),
    verdict: (verdict) => tell("verdict", verdict),
    undo: (id, reviewer) => tell("undo", { id, reviewer }),
  };
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Problem("monoglot does not answer: has the review been ended? Nothing that was kept is lost.", 0);
  }
}

async function answer(response) {
  if (response.ok) return response.json();
  const text = await response.text();
  let message = text;
  try {
    message = JSON.parse(text).error ?? text;
  } catch {
    // a plain sentence, then
  }
  throw new Problem(message || `The request failed (${response.status}).`, response.status);
}
