import { type Search, textOf, textsOf } from '../app/search';

/** A form in an address, with the names of the API. */
export interface JobSearch {
  name?: string;
  description?: string;
  report?: string;
  table?: string;
  option?: string[];
  where?: string[];
  tenant?: string[];
  filter?: string[];
  period?: string;
  zone?: string;
  format?: string;
  delimiter?: string;
  bom?: string;
}

export function jobSearchOf(search: Search | Record<string, unknown>): JobSearch {
  return {
    name: textOf(search.name),
    description: textOf(search.description),
    report: textOf(search.report),
    table: textOf(search.table),
    option: textsOf(search.option),
    where: textsOf(search.where),
    tenant: textsOf(search.tenant),
    filter: textsOf(search.filter),
    period: textOf(search.period),
    zone: textOf(search.zone),
    format: textOf(search.format),
    delimiter: textOf(search.delimiter),
    bom: textOf(search.bom),
  };
}
