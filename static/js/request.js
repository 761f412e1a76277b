// So that nothing typed on the page of a request is lost. Without this script a day's link opens
// the page anew, and each button keeps the note beside it.
"use strict";
{
  // Another day's free times come into the page.
  const part = document.getElementById("free-times");
  const failed = document.getElementById("free-times-failed");
  let presses = 0;

  part?.addEventListener("click", async (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const press = (presses += 1);
    let times;
    try {
      // Whoever is signed out would be led to the page to sign in, which is no list of times.
      const answer = await fetch(part.dataset.times + link.search, { redirect: "manual" });
      times = answer.ok && (await answer.text());
    } catch {
      times = false;
    }
    if (press !== presses) return; // A later press is the one to follow.
    failed.hidden = Boolean(times);
    if (!times) return;
    part.innerHTML = times;
    part.querySelector("select").focus();
  });

  // A note goes with whichever button is pressed.
  document.querySelector(".now").addEventListener("submit", ({ target }) => {
    const own = target.elements.note;
    const others = [...document.querySelectorAll(".now textarea[name=note]")].filter(
      (box) => box !== own && box.value.trim(),
    );
    if (own) own.value = [own, ...others].map((box) => box.value.trim()).filter(Boolean).join("\n");
    for (const box of others) box.value = "";
  });
}
