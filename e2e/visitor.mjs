// A visitor of one of the services, with a separate browser context.

export class Visitor {
  static async arrive(browser, origin, options) {
    const visitor = new Visitor();
    visitor.origin = origin;
    visitor.context = await browser.newContext(options);
    visitor.page = await visitor.context.newPage();
    visitor.page.setDefaultTimeout(10_000);
    await visitor.page.goto(`${origin}/`);
    return visitor;
  }

  static async logIn(browser, origin, user) {
    const visitor = await Visitor.arrive(browser, origin);
    await visitor.logIn(user);
    return visitor;
  }

  async logIn(user) {
    const answer = await this.send('POST', '/login', { body: `user=${user}` });
    if (answer.status !== 200) throw new Error(`${user} cannot log in at ${this.origin}: ${JSON.stringify(answer)}`);
    return answer;
  }

  // Resets to a new visitor, here or at another service: without cookies, at the first page. Cheaper than a new
  // context.
  async startAgain(origin = this.origin) {
    await this.context.clearCookies();
    this.origin = origin;
    await this.page.goto(`${origin}/`);
  }

  // The same, logged in.
  async again(user, origin = this.origin) {
    await this.startAgain(origin);
    await this.logIn(user);
  }

  // Sends a request from the application's own page, or from another page or a frame.
  send(method, path, { body, csrf } = {}, page = this.page) {
    return page.evaluate(
      async ([method, address, body, csrf]) => {
        const headers = {};
        if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
        if (csrf !== undefined) headers['x-csrf-token'] = csrf;
        const answer = await fetch(address, { method, headers, body, credentials: 'include' });
        const text = await answer.text();
        try {
          return { status: answer.status, ...JSON.parse(text) };
        } catch {
          return { status: answer.status, text };
        }
      },
      [method, this.origin + path, body, csrf],
    );
  }

  // Returns what a script of the application reads of a cookie, which is the first of that name.
  read(name, page = this.page) {
    return page.evaluate((name) => {
      const pairs = document.cookie.split('; ').map((pair) => pair.split('='));
      return pairs.find(([of]) => of === name)?.[1];
    }, name);
  }

  // Returns the user whom the server reports, or why it reports none.
  async whoAmI() {
    await this.page.goto(`${this.origin}/`);
    const { status, user, code } = await this.send('GET', '/api/v1/users/me');
    return { status, user, code };
  }

  cookies() {
    return this.context.cookies(`${this.origin}/`);
  }

  // Returns the one cookie whose name ends so, whatever its prefix.
  async cookie(end) {
    return (await this.cookies()).find((cookie) => cookie.name.endsWith(end));
  }

  leave() {
    return this.context.close();
  }
}

// A mark for the query of a request, by which the server's report about it is found.
export function mark() {
  marks += 1;
  return String(marks);
}

let marks = 0;
