// Lists all records of some resources with Chargebee's SDK, which runs unmodified.
// The arguments are the port of the twin, its key and the resources; the output is JSON.
import Chargebee from "chargebee";

const [port, apiKey, ...resources] = process.argv.slice(2);
const chargebee = new Chargebee({
  site: "127.0.0.1",
  hostSuffix: "",
  protocol: "http",
  port,
  apiKey,
  enableValidation: true,
});

const found = {};
for (const resource of resources) {
  const name = resource.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  found[resource] = [];
  let offset;
  do {
    const query = offset ? { limit: 100, offset } : { limit: 100 };
    const page = await chargebee[resource].list(query);
    found[resource].push(...page.list.map((row) => row[name]));
    offset = page.next_offset;
  } while (offset);
}
console.log(JSON.stringify(found));
