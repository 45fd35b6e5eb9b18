// Prints the calls of Chargebee's Node SDK with the JSON schemas of their parameters.
// The argument is the folder node_modules; `make newest` reads the output.
import { pathToFileURL } from "node:url";

const load = (path) => import(pathToFileURL(`${process.argv[2]}/${path}`).href);
const { toJSONSchema } = await load("zod/index.js");
const { Endpoints } = await load("chargebee/esm/resources/api_endpoints.js");
const { getSchema } = await load("chargebee/esm/validationLoader.js");

const calls = [];
for (const [resource, actions] of Object.entries(Endpoints)) {
  for (const [action, method, prefix, suffix, hasId] of actions) {
    const schema = await getSchema(resource, action);
    calls.push({
      method,
      path: prefix + (hasId ? "/{id}" : "") + (suffix ?? ""),
      schema: schema ? toJSONSchema(schema, { unrepresentable: "any", io: "input" }) : {},
    });
  }
}
console.log(JSON.stringify(calls));
