/// The number of a thing whose UUID Slate's operations tell: an id ends in it, so that both dialects' answers about one
/// program or challenge can stand on one page.
export const numberOf = (uuid: string) => Number.parseInt(uuid.slice(-12), 16);

/// A key under which a request is done once, however often it is sent.
export const freshKey = () => crypto.randomUUID();

/// Keys of what somebody wants done: one and the same until it is known what became of it.
export class Intents {
  private readonly open = new Map<string, string>();

  keyOf(what: unknown): string {
    const text = JSON.stringify([what]);
    const key = this.open.get(text) ?? freshKey();
    this.open.set(text, key);
    return key;
  }

  ended(what: unknown) {
    this.open.delete(JSON.stringify([what]));
  }
}
