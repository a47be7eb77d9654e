// Which rows of the legend a value belongs to, and what the rows that are chosen leave.

import { count } from "./format.js";
import { _ } from "./words.js";

// A class and a reliability are two rows: a value may be in both.
export function categoriesOf(value, { symbols, showUnreliable }) {
  if (!value) return [];
  if (value.status !== "ok") return [value.status];
  if (symbols) return value.value === 0 ? ["zero"] : ["some"];
  const shown = showUnreliable || value.reliability !== "unreliable";
  return [...(shown ? [`class-${value.class}`] : []), value.reliability];
}

// `(value) -> boolean`: all where nothing is chosen.
export function matcher(chosen, options) {
  if (!chosen.size) return () => true;
  return (value) => categoriesOf(value, options).some((key) => chosen.has(key));
}

// What a screen reader is told once rows are chosen: how many places, and of which rows.
export function summaryOf(rows, column, matches, { chosen, places, when, title }) {
  if (!chosen.size) return "";
  const shown = [...column.values.values()].filter(matches).length;
  const named = rows.filter(({ key }) => chosen.has(key)).map((row) => row.title);
  const told = {
    title, when, places, n: count(shown), all: count(column.values.size), rows: named.join("; "),
  };
  return named.length ? _("{title}, {when}: showing {n} of {all} {places}: {rows}.", told)
    : _("{title}, {when}: showing {n} of {all} {places}.", told);
}
