// How the reader wants to see the site: theme, contrast, size of the text and digits. It stands in the
// head and runs before anything is painted; without it, the settings of the browser hold.
(() => {
    "use strict";
    const KEY = "otp-display", NAMES = ["theme", "contrast", "size", "digits"], root = document.documentElement;
    const read = () => {
        try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
    };
    const show = (chosen) => {
        for (const name of NAMES) {
            if (chosen[name]) root.dataset[name] = chosen[name]; else delete root.dataset[name];
        }
        for (const name of NAMES) {
            for (const input of document.querySelectorAll(`[data-display] [name="${name}"]`)) {
                input.checked = input.value === (chosen[name] || "");
            }
        }
        if (document.readyState !== "loading") window.otpDigits?.(chosen.digits);
    };
    show(read());
    addEventListener("storage", (event) => { if (event.key === KEY) show(read()); });
    addEventListener("pageshow", () => show(read()));
    document.addEventListener("DOMContentLoaded", () => {
        for (const control of document.querySelectorAll("[data-display]")) control.hidden = false;
        show(read());
        document.addEventListener("change", (event) => {
            if (!event.target.closest("[data-display]")) return;
            const chosen = { ...read(), [event.target.name]: event.target.value };
            try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* kept for this page */ }
            show(chosen);
        });
        // An open menu closes by Escape, by a click beside it, and when another one opens.
        const menus = () => document.querySelectorAll("details[data-menu][open]");
        document.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
        });
        document.addEventListener("click", (event) => {
            for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
        });
    });
})();
