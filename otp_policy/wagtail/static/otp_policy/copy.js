// Copies the text of a field to the clipboard. Without this the field is marked and copied by hand.
document.querySelectorAll("[data-otp-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
        const field = document.getElementById(button.dataset.otpCopy);
        field.select();
        await navigator.clipboard.writeText(field.value);
        document.querySelector("[data-otp-copy-status]").textContent = button.dataset.otpCopied;
        button.textContent = button.dataset.otpCopied;
    });
});
