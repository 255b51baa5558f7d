import { Field, TextArea } from "../../ui/Field";

export interface Endpoint {
  url: string;
  /// Kinds and beginnings, as they were written.
  events: string;
  description: string;
}

export const eventsOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

export function EndpointFields({ value, set }: { value: Endpoint; set: (part: Partial<Endpoint>) => void }) {
  return (
    <>
      <Field
        label="Address"
        name="endpoint_url"
        type="url"
        required
        placeholder="https://example.com/touchstone"
        value={value.url}
        onChange={(event) => set({ url: event.target.value })}
      />
      <TextArea
        label="Events (optional)"
        name="events"
        placeholder="payout.*, breach.terminal"
        hint="Kinds, or beginnings with a star. Empty: everything."
        value={value.events}
        onChange={(event) => set({ events: event.target.value })}
      />
      <Field label="For yourself" name="description" maxLength={500} value={value.description} onChange={(event) => set({ description: event.target.value })} />
    </>
  );
}
