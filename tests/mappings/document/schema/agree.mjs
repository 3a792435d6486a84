// Compares Duet's loader with its JSON Schema, as Ajv reads it. Usage:
//   agree.mjs PROGRAM SCHEMA WORK DOCUMENT...
// The documents that ship must be good for both. Damaged ones must be good for both, or wrong in
// form for both. What is wrong in meaning (a formula, an entity in no file) no schema can see.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import YAML from "yaml";
import { kinds, mutants } from "./mutate.mjs";

const SEED = 20180102;
const MUTANTS = 400;
const LEAST_EACH = 60; // of damaged documents that both refuse, and that both accept
// Unknown key, wrong kind, word not allowed, key missing, keys that exclude each other, and true
// or false for a name.
const FORM = ["DUET-2003", "DUET-2005", "DUET-2006", "DUET-2007", "DUET-2008", "DUET-2009"];

const [program, schemaFile, work, ...documentFiles] = process.argv.slice(2);
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
const isGood = ajv.compile(schema);
const faults = [];

/** The codes that the loader finds in each file, by file. */
function verdicts(files, names = ["salesforce", "pardot"]) {
  const said = execFileSync(program, names, { input: files.join("\n") + "\n", encoding: "utf8" });
  return new Map(said.split("\n").filter((line) => line !== "").map((line) => {
    const [file, codes] = line.split("\t");
    return [file, codes.split(" ").filter((code) => code !== "")];
  }));
}

const isForm = (code) => FORM.includes(code);

function parse(file) {
  return YAML.parse(fs.readFileSync(file, "utf8"), { version: "1.2" });
}

function checkShipped(files) {
  const codes = verdicts(files);
  for (const file of files) {
    if (!isGood(parse(file))) faults.push(`${file}: the schema refuses it: ${ajv.errorsText(isGood.errors)}`);
    if (codes.get(file).some(isForm)) faults.push(`${file}: the loader says ${codes.get(file)}`);
  }
}

function checkMutants(documents) {
  const folder = path.join(work, "mutants");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const made = mutants(documents, MUTANTS, SEED).map((one, at) => {
    const file = path.join(folder, `${String(at).padStart(3, "0")}.json`);
    fs.writeFileSync(file, one.text);
    return { ...one, file };
  });
  const codes = verdicts(made.map(({ file }) => file));
  const seen = { good: 0, wrong: 0 };
  const refused = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0]));
  for (const { file, kind, of, text } of made) {
    const good = isGood(JSON.parse(text));
    const found = codes.get(file).filter(isForm);
    if (good !== (found.length === 0)) {
      faults.push(`${file} (${kind} in ${of}): the schema ${good ? "accepts" : "refuses"} it ` +
        `(${ajv.errorsText(isGood.errors)}), the loader says [${codes.get(file)}]`);
    }
    seen[good ? "good" : "wrong"] += 1;
    if (!good) refused[kind] += 1;
  }
  for (const [what, number] of Object.entries(seen)) {
    if (number < LEAST_EACH) faults.push(`only ${number} damaged documents are ${what}`);
  }
  for (const [kind, number] of Object.entries(refused)) {
    if (kind !== "missingItem" && number === 0) faults.push(`no damage of kind ${kind} was refused`);
  }
  console.log(`${made.length} damaged documents: ${seen.wrong} refused, ${seen.good} accepted`);
}

/** The examples of each key are what its own schema accepts. */
function checkExamples() {
  const whole = "urn:duet:document";
  ajv.addSchema({ ...schema, $id: whole });
  const shapes = { "": schema, ...schema.$defs };
  for (const [name, shape] of Object.entries(shapes)) {
    for (const [key, property] of Object.entries(shape.properties ?? {})) {
      const at = (name === "" ? "" : `/$defs/${name}`) + `/properties/${key}`;
      const check = ajv.compile({ $ref: `${whole}#${at}` });
      for (const example of property.examples) {
        if (!check(example)) faults.push(`${at}: the example ${JSON.stringify(example)} is refused`);
      }
    }
  }
}

checkShipped(documentFiles);
// Alone, a part of another document is only looked at as far as its entity is not needed: it is
// damaged within a document of that entity.
const ofAnEntity = ["fields", "validations", "routing", "tasks", "timers", "scoring", "queue", "behaviour", "rfm",
  "lists"];
const ofDeals = (file, value) =>
  "behaviour" in value || (file.includes("quality/") && !file.includes("people"));
const whole = (file, value) =>
  "entity" in value || !ofAnEntity.some((key) => key in value)
    ? value
    : { entity: "rfm" in value ? "account" : ofDeals(file, value) ? "opportunity" : "person",
        match: ["crm_id"], ...value };
// What a document includes is not there when it stands alone, and no word is said of the rest.
const includesNothing = ({ value }) => !("include" in value);
checkMutants(documentFiles.map((file) =>
  ({ name: path.basename(file), value: whole(file, parse(file)) })).filter(includesNothing));
checkExamples();
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
