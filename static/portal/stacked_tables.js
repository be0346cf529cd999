// On a phone each row of a table is a block of its own (portal.css), so every cell carries its column's heading.
// Without this script tables keep their columns and scroll sideways.

const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };

function headings(table) {
  const cells = [...(table.tHead?.rows[0]?.cells ?? [])];
  return cells.flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim()));
}

function labelRow(row, labels) {
  let column = 0;
  for (const cell of row.cells) {
    if (cell.tagName === "TD" && cell.colSpan === 1 && labels[column]) {
      cell.dataset.label = labels[column];
    }
    cell.classList.toggle("is-blank", cell.textContent.trim() === "" && !cell.querySelector("input, img, svg, button"));
    column += cell.colSpan;
  }
}

// Some browsers forget what a table is when its rows are laid out as blocks.
function keepRoles(table) {
  for (const element of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td")]) {
    element.setAttribute("role", ROLES[element.tagName]);
  }
  for (const cell of table.querySelectorAll("th")) {
    cell.setAttribute("role", cell.scope.startsWith("row") ? "rowheader" : "columnheader");
  }
}

function stackAll() {
  for (const table of document.querySelectorAll(".table-scroll > .table:not(.stacks)")) {
    const labels = headings(table);
    for (const row of [...table.tBodies, table.tFoot].flatMap((part) => [...(part?.rows ?? [])])) {
      labelRow(row, labels);
    }
    keepRoles(table);
    table.classList.add("stacks");
  }
}

stackAll();
document.addEventListener("htmx:after:swap", stackAll);
