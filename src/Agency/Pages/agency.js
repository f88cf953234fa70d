// A batch that is not over is looked at again every few seconds. Without scripts the page is loaded again by hand.
const progress = document.querySelector('[data-progress]');

async function look() {
  try {
    const answer = await fetch(progress.dataset.progress, { redirect: 'manual' });
    if (!answer.ok) return; // signed out, or gone
    progress.innerHTML = await answer.text(); // ours, with all texts encoded
  } catch {
    // The node is away: it is asked again.
  }
  later();
}

function later() {
  if (!progress.querySelector('[data-over]')) setTimeout(look, 3000);
}

if (progress) later();
