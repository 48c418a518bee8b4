// What Material leaves out for people who use no mouse: a listing that scrolls takes the focus, and the buttons that
// copy are no landmarks.

function mend() {
  for (const code of document.querySelectorAll('pre > code')) {
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
  }
  for (const buttons of document.querySelectorAll('nav.md-code__nav')) buttons.role = 'none';
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener('resize', mend);
mend();
