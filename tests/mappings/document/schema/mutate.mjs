// Damages documents as hasty people do. Deterministic: the same seed gives the same damage.

/** A small random source (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    pick: (items) => items[next() % items.length],
  };
}

/** Every place of a document: its parent, its key there, its value. */
function places(value, found = []) {
  if (value === null || typeof value !== "object") return found;
  for (const key of Object.keys(value)) {
    found.push({ parent: value, key, value: value[key] });
    places(value[key], found);
  }
  return found;
}

const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// The order of keys is kept: a renamed key stays where it was.
function rename(map, from, to) {
  const entries = Object.entries(map);
  for (const key of Object.keys(map)) delete map[key];
  for (const [key, value] of entries) map[key === from ? to : key] = value;
}

function remove({ parent, key }) {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Each kind takes the places of one copy of a document and damages one of them. */
export const kinds = {
  wrongType(all, random) {
    const place = random.pick(all);
    const others = ["a text", 7, true, null, [], ["a text"], {}, { a: "text" }, ""];
    place.parent[place.key] = random.pick(others);
  },
  missingKey(all, random) {
    remove(random.pick(all.filter(({ parent }) => isMap(parent))));
  },
  missingItem(all, random) {
    const items = all.filter(({ parent }) => Array.isArray(parent));
    if (items.length > 0) remove(random.pick(items));
  },
  unknownKey(all, random) {
    const place = random.pick(all.filter(({ parent }) => isMap(parent)));
    if (random.below(2) === 0) rename(place.parent, place.key, place.key + "s");
    else place.parent["remark"] = "not a key of Duet";
  },
  wrongWord(all, random) {
    const texts = all.filter(({ value }) => typeof value === "string" && /^[A-Za-z_]+$/.test(value));
    if (texts.length === 0) return;
    const place = random.pick(texts);
    place.parent[place.key] = random.pick(["always", "Both", "COUNT", "pardot", "warn", "both"]);
  },
  wrongNesting(all, random) {
    const place = random.pick(all);
    const wrapped = random.below(3);
    if (wrapped === 0) place.parent[place.key] = [place.value];
    else if (wrapped === 1) place.parent[place.key] = { [place.key]: place.value };
    else if (isMap(place.value)) Object.assign(place.parent, place.value), delete place.parent[place.key];
    else if (Array.isArray(place.value)) place.parent[place.key] = place.value[0] ?? null;
  },
  strayKey(all, random) {
    const maps = all.filter(({ parent }) => isMap(parent));
    const from = random.pick(maps);
    random.pick(maps).parent[from.key] = structuredClone(from.value);
  },
  otherNumber(all, random) {
    const numbers = all.filter(({ value }) => typeof value === "number");
    if (numbers.length === 0) return;
    const place = random.pick(numbers);
    place.parent[place.key] = random.pick([0, -5, 1.5, 99, 1000000, String(place.value)]);
  },
};

/** At least `count` documents, each damaged once, with the kind of the damage; none twice. */
export function mutants(documents, count, seed) {
  const random = randomFrom(seed);
  const found = new Map();
  const untouched = new Set(documents.map(({ value }) => JSON.stringify(value)));
  const names = Object.keys(kinds);
  for (let round = 0; found.size < count && round < count * 20; ++round) {
    const kind = names[round % names.length];
    const document = random.pick(documents);
    const copy = structuredClone(document.value);
    kinds[kind](places(copy), random);
    const text = JSON.stringify(copy);
    if (!untouched.has(text) && !found.has(text)) found.set(text, { kind, of: document.name });
  }
  return [...found].map(([text, about]) => ({ text, ...about }));
}
