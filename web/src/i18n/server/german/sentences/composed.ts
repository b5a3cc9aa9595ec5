/** Sentences that the server puts together from pieces, or writes inside of something else. Each piece is in its source. */
export const composed: Record<string, string> = {
  '{name} is {value}, and {demand}': '{name} ist {value} und {demand}',
  '{name} {demand}': '{name} {demand}',
  'its owner, {name}, may no longer schedule reports': 'der Eigentümer, {name}, darf keine Berichte mehr planen',
  'not sent: what it tells is over': 'nicht gesendet: Was sie meldet, ist vorbei',
  'the server that was sending it has stopped': 'der Server, der sie sandte, hat aufgehört',
  '{by} has taken a message to {to}: {error}': '{by} hat eine E-Mail an {to} angenommen: {error}',
  '{host}: {private}': '{host}: {private}',
  '{member} was shown with the first answer and is kept nowhere':
    'der Text wurde mit der ersten Antwort gezeigt und ist nirgends aufbewahrt',
  'where it was lost, make another': 'ist er verloren, erstellen Sie einen neuen',
};
