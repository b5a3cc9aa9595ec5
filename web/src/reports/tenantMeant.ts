/** Whether somebody who looks for a text may mean a tenant: a part of its name or its id, whatever the case, as the server has it. */
export function tenantMeant({ value, label }: { value: string; label: string }, text: string): boolean {
  const part = text.toLowerCase();
  return [value, label].some((known) => known.toLowerCase().includes(part));
}
