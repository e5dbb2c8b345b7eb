// The digits of a page as its reader wants them: as written, Thai or Arabic. Only text that is read
// changes. Attributes, what is typed, codes and addresses stay, so that they can be copied and used.
window.otpDigits = (() => {
    "use strict";
    const THAI = "๐๑๒๓๔๕๖๗๘๙";
    const KEPT = "[data-as-written], a[href^='tel:'], a[href^='mailto:'], code, kbd, samp, pre, script, style, noscript, textarea, select, [contenteditable]";
    // Signs without a space or a Thai letter between them: an amount, an address, the name of a file.
    const RUN = /[!-~]+/g, IS_CODE = /[A-Za-z@]|[0-9]{9}/;
    const wordings = {
        thai: (text) => text.replace(RUN, (run) => IS_CODE.test(run) ? run : run.replace(/[0-9]/g, (digit) => THAI[digit])),
        arabic: (text) => text.replace(/[๐-๙]/g, (digit) => THAI.indexOf(digit)),
    };
    const shown = new WeakMap();
    return (choice) => {
        const worded = wordings[choice] || ((text) => text);
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const node = walk.currentNode, before = shown.get(node);
            const written = before && before.shown === node.data ? before.written : node.data;
            if (!/[0-9๐-๙]/.test(written) || node.parentElement.closest(KEPT)) continue;
            const now = worded(written);
            if (now !== node.data) node.data = now;
            shown.set(node, { written, shown: now });
        }
    };
})();
