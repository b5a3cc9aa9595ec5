export const fields = ['company_name', 'hostname', 'contract_mode', 'locked', 'provider'] as const;
export const operators = ['contains', 'not-contains', 'equals', 'not-equals', 'starts-with', 'ends-with'] as const;

export interface Condition {
  field: (typeof fields)[number];
  operator: (typeof operators)[number];
  value: string;
}

/** Reads FIELD:OPERATOR:VALUE. The value may have colons of its own. */
export function conditionOf(text: string): Condition {
  const [field, operator, ...value] = text.split(':');
  return {
    field: fields.find((x) => x === field) ?? 'company_name',
    operator: operators.find((x) => x === operator) ?? 'contains',
    value: value.join(':'),
  };
}

export function conditionText({ field, operator, value }: Condition): string {
  return `${field}:${operator}:${value}`;
}

/** The values that a field can have; none: any text. */
export function valuesOfField(field: Condition['field']): string[] {
  if (field === 'contract_mode') return ['PRODUCTION', 'TRIAL'];
  return field === 'locked' ? ['true', 'false'] : [];
}

/** The conditions that say something: one whose value is still to be entered says nothing yet, but for a provider, where nothing is the service provider. */
export function finished(filter: string[]): string[] {
  return filter.filter((text) => {
    const { field, operator, value } = conditionOf(text);
    return value !== '' || (field === 'provider' && (operator === 'equals' || operator === 'not-equals'));
  });
}
