/** What pages do with the addresses of a gateway: a script that they load, with functions for `map-page.ts` to call. */

function base64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** `fetch`, as far as the page may see the answer. */
window.read = async (url, init) => {
  try {
    const answer = await fetch(url, init);
    const body = base64(new Uint8Array(await answer.arrayBuffer()));
    return { type: answer.type, status: answer.status, headers: Object.fromEntries(answer.headers), body };
  } catch (error) {
    return { refused: error.name };
  }
};

/** Loads a picture as maps do, draws it on a canvas, and reads the canvas. */
window.draw = async (url, attributes) => {
  const picture = Object.assign(new Image(), attributes);
  const loaded = new Promise((resolve) => {
    picture.onload = () => resolve(true);
    picture.onerror = () => resolve(false);
  });
  picture.src = url;
  if (!(await loaded)) return { width: 0 };
  const { naturalWidth: width, naturalHeight: height } = picture;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  try {
    return { width, height, data: base64(context.getImageData(0, 0, width, height).data) };
  } catch (error) {
    return { width, height, tainted: error.name };
  }
};

/** Puts an element into the page; whether it then loads. */
window.embed = (name, attributes) =>
  new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.onload = () => resolve('load');
    element.onerror = () => resolve('error');
    document.documentElement.append(element);
  });
