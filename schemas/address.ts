/**
 * The address of a JSON Schema of ours: `$id` of the generated file and `dataschema` of the events. A URN, because it
 * must not change with the place the files are served from. The name ends with the major version.
 */
export const schemaAddress = (name: string): string => `urn:flibs:schema:${name}`;
