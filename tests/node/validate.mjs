// Holds JSON against a JSON Schema: node validate.mjs SCHEMA FILE...   (finds its packages in $PF_NODE)
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const need = createRequire(process.env.PF_NODE + '/package.json');
const read = path => JSON.parse(readFileSync(path, 'utf8'));
const [schemaPath, ...paths] = process.argv.slice(2);
const schema = read(schemaPath);
const Ajv = need(String(schema.$schema).includes('draft-04') ? 'ajv-draft-04' : 'ajv').default;
// SARIF's schema has a pattern that is none in Unicode mode, and words that strict mode does not know.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
need('ajv-formats').default(ajv);
const validate = ajv.compile(schema);

for (const path of paths)
  if (!validate(read(path))) {
    console.log(path, JSON.stringify(validate.errors.slice(0, 5), null, 1));
    process.exitCode = 1;
  }
