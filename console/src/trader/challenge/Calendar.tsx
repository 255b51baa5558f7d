import type { Schemas } from "../../api/client";
import { sign } from "../../format/decimal";
import { moneyText, signedMoney } from "../../format/money";
import "./calendar.css";
import { monthsOf } from "./months";

type Day = Schemas["DayObject"];

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Months of days, each with what it brought. The same figures stand in the table below it.
export function Calendar({ days, currency }: { days: Day[]; currency: string }) {
  const byDay = new Map(days.map((day) => [day.day, day]));
  return (
    <div className="calendar">
      {monthsOf(days.map((day) => day.day)).map((month) => (
        <section key={month.name} aria-label={month.name}>
          <h3>{month.name}</h3>
          <div className="month">
            {WEEKDAYS.map((name) => (
              <span key={name} className="weekday" aria-hidden="true">
                {name}
              </span>
            ))}
            {month.cells.map((cell, index) =>
              cell ? <Cell key={cell} date={cell} day={byDay.get(cell)} currency={currency} /> : <span key={`empty-${index}`} />,
            )}
          </div>
        </section>
      ))}
    </div>
  );
}

function Cell({ date, day, currency }: { date: string; day: Day | undefined; currency: string }) {
  const number = Number(date.slice(8));
  if (!day) return <span className="day day-off">{number}</span>;
  const tone = ["loss", "even", "gain"][sign(day.profit) + 1];
  return (
    <span className="day" data-tone={tone} title={`${date}: ${moneyText(day.profit, currency)}`}>
      {number}
      <b>{signedMoney(day.profit, currency).replace(/\.00$/, "")}</b>
    </span>
  );
}
