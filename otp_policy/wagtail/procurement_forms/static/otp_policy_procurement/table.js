// A table of cells of text in one hidden field: what a workbook holds, typed or pasted.
(() => {
    "use strict";
    const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    // Cells as a spreadsheet copies them: parted by tabs and lines, quoted where they hold either.
    const pasted = (text) => {
        const rows = [[""]];
        let quoted = false;
        for (let at = 0; at < text.length; at += 1) {
            const sign = text[at], row = rows[rows.length - 1];
            const begins = row[row.length - 1] === "" && !quoted;
            if (quoted && sign === '"' && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
            else if (quoted && sign === '"') quoted = false;
            else if (quoted) row[row.length - 1] += sign;
            else if (sign === '"' && begins) quoted = true;
            else if (sign === "\t") row.push("");
            else if (sign === "\n") rows.push([""]);
            else if (sign !== "\r") row[row.length - 1] += sign;
        }
        if (rows.length > 1 && rows[rows.length - 1].join("") === "") rows.pop();
        return rows;
    };
    const start = (holder) => {
        if (holder.dataset.started) return;
        holder.dataset.started = "yes";
        const field = holder.querySelector("textarea[data-otp-table]");
        const columns = JSON.parse(holder.dataset.columns);
        const table = document.createElement("table"), body = document.createElement("tbody");
        const head = table.createTHead().insertRow();
        const heading = (text, lines) => {
            const cell = document.createElement("th");
            cell.scope = "col"; cell.textContent = text;
            if (lines) cell.dataset.lines = "";
            head.append(cell);
        };
        heading(holder.dataset.row);
        for (const column of columns) heading(column.label, column.lines);
        head.insertCell();
        table.append(body);
        const read = () => [...body.rows].map((row) => [...row.querySelectorAll("textarea")].map((cell) => cell.value));
        const keep = () => {
            const rows = read().filter((row) => row.some((cell) => cell.trim()));
            field.value = JSON.stringify(rows);
            field.dispatchEvent(new Event("change", { bubbles: true }));
            holder.querySelector("[data-count]").textContent = fill(holder.dataset.said, { count: rows.length });
        };
        const number = () => {
            [...body.rows].forEach((row, index) => {
                row.cells[0].textContent = index + 1;
                row.querySelectorAll("textarea").forEach((cell, at) => {
                    cell.setAttribute("aria-label", fill(holder.dataset.cell, { row: index + 1, column: columns[at].label }));
                });
                row.querySelector("button").setAttribute("aria-label", fill(holder.dataset.delete, { row: index + 1 }));
            });
        };
        const add = (values) => {
            const row = body.insertRow(), title = document.createElement("th");
            title.scope = "row";
            row.append(title);
            columns.forEach((_, at) => {
                const cell = document.createElement("textarea");
                cell.rows = Math.max(1, (values[at] || "").split("\n").length);
                cell.value = values[at] || "";
                row.insertCell().append(cell);
            });
            const button = document.createElement("button");
            button.type = "button"; button.textContent = "✕";
            row.insertCell().append(button);
        };
        const paste = (event) => {
            const text = event.clipboardData.getData("text/plain");
            if (!text.includes("\t")) return;
            event.preventDefault();
            const from = event.target.closest("tr").rowIndex - 1;
            const left = event.target.closest("td").cellIndex - 1;
            pasted(text).forEach((values, down) => {
                if (!body.rows[from + down]) add([]);
                const cells = body.rows[from + down].querySelectorAll("textarea");
                values.forEach((value, right) => { if (cells[left + right]) cells[left + right].value = value; });
            });
            number(); keep();
        };
        for (const row of JSON.parse(field.value || "[]")) add(row);
        if (!body.rows.length) add([]);
        number();
        for (const [row, column] of JSON.parse(field.dataset.wrong || "[]")) {
            const cells = body.rows[row - 1] ? body.rows[row - 1].querySelectorAll("textarea") : [];
            if (cells[column]) cells[column].setAttribute("aria-invalid", "true");
        }
        holder.querySelector(".otp-table__scroll").append(table);
        body.addEventListener("input", keep);
        body.addEventListener("paste", paste);
        body.addEventListener("click", (event) => {
            const button = event.target.closest("button");
            if (!button) return;
            button.closest("tr").remove();
            if (!body.rows.length) add([]);
            number(); keep();
        });
        holder.querySelector("[data-add]").addEventListener("click", () => {
            add([]); number();
            body.rows[body.rows.length - 1].querySelector("textarea").focus();
        });
    };
    const startAll = () => { for (const one of document.querySelectorAll("[data-otp-table-of]")) start(one); };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll); else startAll();
})();
