// The whole walk: every line that is printed was checked.
import { stepsDone } from "./world.mjs";
import { bulk } from "./bulk.mjs";
import { influence } from "./influence.mjs";
import { lifecycle } from "./lifecycle.mjs";
import { reads, signsIn } from "./reads.mjs";
import { road } from "./road.mjs";
import { writes } from "./writes.mjs";

try {
  const org = await signsIn();
  await reads(org);
  await writes(org);
  await bulk(org);
  await lifecycle(org);
  await influence(org);
  await road(org);
  console.log(`all ${stepsDone()} steps are as they should be`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
