/** A key by which the server knows a request again that is repeated because its answer was lost. crypto.randomUUID is missing where a page came without TLS. */
export function idempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
