const who = document.querySelector('#who');
if (who) who.textContent = 'Nobody asks.';
