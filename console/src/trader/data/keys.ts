/// The number of a thing whose UUID Slate's operations tell: an id ends in it, so that both dialects' answers about one
/// program or challenge can stand on one page.
export const numberOf = (uuid: string) => Number.parseInt(uuid.slice(-12), 16);

/// A key under which a request is done once, however often it is sent.
export const freshKey = () => crypto.randomUUID();
