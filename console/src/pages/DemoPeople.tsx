import type { Credentials } from "../api/session";
import { ArrowRight } from "../ui/icons";

type Person = Pick<Credentials, "kind" | "email" | "password">;

interface Shown extends Person {
  name: string;
  what: string;
}

const customer = (who: string, name: string, what: string): Shown => ({
  kind: "customer",
  email: `${who}@demo.test`,
  password: `demo-${who}-1`,
  name,
  what,
});

const staff = (who: string, name: string, what: string): Shown => ({
  ...customer(who, name, what),
  kind: "user",
});

const TRADERS = [
  customer("trader", "A new trader", "with 1,200 USD to buy a challenge"),
  customer("climber", "The climber", "passes within a minute or two"),
  customer("diver", "The diver", "breaches his daily loss"),
  customer("surfer", "The surfer", "is caught by a trailing floor"),
  customer("graduate", "The graduate", "trades a funded account"),
  {
    ...customer("trader", "Bea of another brand", "pays in dollars for a price in euros"),
    email: "trader@brand-b.test",
    password: "demo-trader-2",
  },
];

const PEOPLE = [
  staff("admin", "The owner", "may do everything"),
  staff("risk", "Risk", "reviews breaches"),
  staff("finance", "Finance", "pays and gives back"),
  staff("support", "Support", "helps traders"),
  staff("reader", "Reader", "looks at everything"),
  {
    ...staff("admin", "Bert of another brand", "sees his own customers alone"),
    email: "admin@brand-b.test",
    password: "demo-admin-2",
  },
];

interface Props {
  choose: (person: Person) => void;
  busy: boolean;
}

/// Who can sign in to a demo, one click each. A real server never says that it is one.
export function DemoPeople({ choose, busy }: Props) {
  const list = (title: string, people: Shown[]) => (
    <div>
      <h3>{title}</h3>
      <ul className="demo-list">
        {people.map((person) => (
          <li key={person.email}>
            <button type="button" className="demo-person" disabled={busy} onClick={() => choose(pick(person))}>
              <span>
                <b>{person.name}</b> <span className="soft">{person.what}</span>
              </span>
              <ArrowRight aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <section className="demo-people" aria-labelledby="demo-title">
      <h2 id="demo-title">This is a demo: come in as</h2>
      {list("Traders", TRADERS)}
      {list("The firm", PEOPLE)}
    </section>
  );
}

const pick = ({ kind, email, password }: Shown): Person => ({ kind, email, password });
