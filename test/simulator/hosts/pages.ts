// Minimal pages of the web host. Pure.

function page(title: string, body: string): string {
  return `<!DOCTYPE html>\n<html lang="en"><head><title>${title} | Simulator</title></head><body>${body}</body></html>\n`;
}

export const HOME_PAGE = page('Home', '<h1>Home</h1><a href="/login">Log in</a>');
export const MAPS_PAGE = page('Maps', '<div id="map"></div>');
export const DASHBOARD_PAGE = page('Dashboard', '<h1>Dashboard</h1><a href="/maps">Maps</a>');
export const ONBOARDING_PAGE = page('Welcome', '<h1>Tell us about yourself</h1>');
export const ERROR_PAGE = page('Error', '<h1>Something went wrong on our end</h1>');
export const CAPTCHA_PAGE = page('Log In', '<div class="g-recaptcha" data-sitekey="none"></div>');

export function loginPage(authenticityToken: string): string {
  return page(
    'Log In',
    `<form id="login_form" action="/session" method="post">
<input type="hidden" name="utf8" value="&#x2713;" />
<input type="hidden" name="authenticity_token" value="${authenticityToken}" />
<input type="email" name="email" /><input type="password" name="password" />
<input type="checkbox" name="remember_me" value="on" checked />
<button type="submit">Log In</button>
</form>`,
  );
}
