/**
 * Generates strict JSON schemas from the OpenAPI document of Kubernetes and from CRDs.
 *
 *   chart/schemas.mjs kubernetes SWAGGER.json FOLDER   one file per kind, for kubeconform
 *   chart/schemas.mjs custom FOLDER CRD.yaml...        the same for custom resources
 *   chart/schemas.mjs definitions SWAGGER.json [--check]
 *       writes the Kubernetes types that the chart's values reference ("#/definitions/io.k8s...") to values.schema.json
 *
 * Strict: an object accepts only the properties of its type.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { parse } from 'yaml';

const CHART_SCHEMA = 'helm/strava-heatmap-gateway/values.schema.json';
const PREFIX = '#/definitions/';

/** Types that accept more in YAML than their published schema. */
const WIDER = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
};

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** A type without descriptions and without unknown properties. */
function strict(name, type) {
  if (WIDER[name]) return WIDER[name];
  return closed(type);
}

function closed(type) {
  if (type.$ref) return { $ref: type.$ref };
  const { properties, items, additionalProperties, required } = type;
  const anything = type['x-kubernetes-preserve-unknown-fields'] === true;
  const either = type['x-kubernetes-int-or-string'] === true;
  return {
    ...(either ? { type: ['string', 'integer'] } : type.type && { type: type.type }),
    ...(type.enum && { enum: type.enum }),
    ...(type.pattern && { pattern: type.pattern }),
    ...Object.fromEntries(
      [
        'minimum',
        'maximum',
        'minLength',
        'maxLength',
        'minItems',
        'maxItems',
        'minProperties',
        'maxProperties',
      ]
        .filter((key) => type[key] !== undefined)
        .map((key) => [key, type[key]]),
    ),
    ...(required && { required }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, closed(property)]),
      ),
    }),
    ...(items && { items: closed(items) }),
    ...(additionalProperties && typeof additionalProperties === 'object'
      ? { additionalProperties: closed(additionalProperties) }
      : properties && !anything && { additionalProperties: false }),
  };
}

/** All types that these reference, directly or indirectly. */
function reachable(definitions, names) {
  const found = new Map();
  const visit = (name) => {
    if (found.has(name)) return;
    if (!definitions[name]) throw new Error(`Kubernetes has no type ${name}`);
    const type = strict(name, definitions[name]);
    found.set(name, type);
    for (const reference of references(type)) visit(reference);
  };
  for (const name of names) visit(name);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function references(node) {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value.slice(PREFIX.length)] : references(value),
  );
}

/** File name in kubeconform's form {{.ResourceKind}}{{.KindSuffix}}: deployment-apps-v1, service-v1. */
const fileOf = ({ group, version, kind }) =>
  `${[kind, group.split('.')[0], version].filter(Boolean).join('-').toLowerCase()}.json`;

function kubernetes(swagger, folder) {
  const { definitions } = readJson(swagger);
  mkdirSync(folder, { recursive: true });
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'] ?? [];
    // Skips types that belong to every group, such as DeleteOptions.
    if (kinds.length !== 1 || !definition.properties?.metadata) continue;
    const [{ group, version, kind }] = kinds;
    const types = reachable(definitions, [name]);
    const schema = structuredClone(types[name]);
    schema.properties.kind = { enum: [kind] };
    schema.properties.apiVersion = { enum: [group === '' ? version : `${group}/${version}`] };
    schema.required = [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata'])];
    writeFileSync(
      join(folder, fileOf({ group, version, kind })),
      JSON.stringify({ ...schema, definitions: types }),
    );
  }
}

function custom(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const { spec } = parse(readFileSync(file, 'utf8'));
    for (const { name, schema } of spec.versions) {
      const type = closed(schema.openAPIV3Schema);
      type.properties.metadata = { type: 'object' };
      writeFileSync(
        join(folder, fileOf({ group: spec.group, version: name, kind: spec.names.kind })),
        JSON.stringify(type),
      );
    }
  }
}

async function definitions(swagger, check) {
  const before = readFileSync(CHART_SCHEMA, 'utf8');
  const { definitions: ours = {}, ...schema } = JSON.parse(before);
  const own = Object.fromEntries(Object.entries(ours).filter(([name]) => !name.startsWith('io.k8s.')));
  const wanted = references({ schema, own }).filter((name) => name.startsWith('io.k8s.'));
  const types = reachable(readJson(swagger).definitions, wanted);
  const after = await format(JSON.stringify({ ...schema, definitions: { ...own, ...types } }, null, 2), {
    parser: 'json',
    printWidth: 110,
  });
  if (before === after) return;
  if (check) {
    process.stderr.write(
      `${CHART_SCHEMA} is out of date; run node scripts/chart/schemas.mjs definitions ${swagger}\n`,
    );
    process.exit(1);
  }
  writeFileSync(CHART_SCHEMA, after);
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'kubernetes') kubernetes(rest[0], rest[1]);
else if (command === 'custom') custom(rest[0], rest.slice(1));
else if (command === 'definitions') await definitions(rest[0], rest.includes('--check'));
else throw new Error(`unknown command ${command}; use kubernetes, custom or definitions`);
