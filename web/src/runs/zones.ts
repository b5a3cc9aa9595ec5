/** Time zones to choose from. */
export const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];

/** The zone of the reader's own clock, in which lists say when something happened. */
export const ownZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;
