// What the checks share: who they are, a step's line, the sandbox's clock, Pardot by plain fetch.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import jsforce from "jsforce";

const { SANDBOX_URL, CLIENT_ID, CLIENT_SECRET, BUSINESS_UNIT_ID, DUET, DUET_CONFIG } = process.env;
export const url = SANDBOX_URL;
export const username = "duetsync@hardware-reseller.example";
export const password = "sandbox";
export const version = "62.0";

let steps = 0;

/** Runs one named step; its failure ends the run with the name beside the reason. */
export async function step(name, work) {
  const began = Date.now();
  try {
    const result = await work();
    steps += 1;
    console.log(`ok ${steps} ${name} (${Date.now() - began} ms)`);
    return result;
  } catch (error) {
    console.log(`FAILED ${name}`);
    throw error;
  }
}

export const stepsDone = () => steps;

/** A connection that is not signed in yet; with `oauth2`, login() takes the password grant. */
export function connection(oauth2 = true) {
  return new jsforce.Connection({
    loginUrl: url,
    version,
    ...(oauth2 && {
      oauth2: { loginUrl: url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
    }),
  });
}

export async function control(path, body) {
  const answer = await fetch(url + path, { method: "POST", body: JSON.stringify(body ?? {}) });
  assert.ok(answer.ok, `${path} was answered ${answer.status}`);
  return answer.json();
}

/** The sandbox's clock stands: each round of edits has a minute of its own. */
export const nextMinute = () => control("/sandbox/clock", { advance_seconds: 60 });
export const expireTokens = () => control("/sandbox/expire-tokens");

let pardotToken;

/** One call of Pardot's API v5, with a token that this client asked for itself. */
export async function pardot(method, path, body) {
  if (!pardotToken) {
    const answer = await fetch(url + "/services/oauth2/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
      }),
    });
    assert.equal(answer.status, 200);
    pardotToken = (await answer.json()).access_token;
  }
  const answer = await fetch(url + "/api/v5/objects/" + path, {
    method,
    headers: {
      Authorization: "Bearer " + pardotToken,
      "Pardot-Business-Unit-Id": BUSINESS_UNIT_ID,
      ...(body && { "Content-Type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path} was answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const prospectFields =
  "id,email,firstName,lastName,company,phone,jobTitle,salesforceId,optedOut,duet_stage__c";

/** The live prospects with an address. */
export async function prospectsOf(email) {
  const found = await pardot(
    "GET", `prospects?fields=${prospectFields}&email=${encodeURIComponent(email)}`);
  return found.values;
}

/** One cycle by hand: its figures, all of whose writes were acknowledged. */
export function sync() {
  const text = execFileSync(DUET, ["sync", "--config", DUET_CONFIG, "--json"], {
    encoding: "utf8", timeout: 120_000,
  });
  const report = JSON.parse(text);
  for (const kind of ["refused", "in_doubt", "not_sent"]) assert.equal(report[kind], 0, text);
  return report;
}
