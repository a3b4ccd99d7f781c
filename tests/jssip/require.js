// JsSIP comes as CommonJS modules: this is as much of `require` as they need, so that nothing has
// to be bundled. Modules are fetched while the page loads, and run in the order of their need.
'use strict';

const loaded = new Map();

/** Text of a file below node_modules, or null. */
function fetched(path) {
  const request = new XMLHttpRequest();
  request.open('GET', `/node_modules/${path}`, false);
  request.send();
  return request.status === 200 ? request.responseText : null;
}

/** `a/b/../c` as `a/c`. */
function straight(path) {
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** The file that a module in `folder` means by `name`, and its text. */
function found(folder, name) {
  const relative = name.startsWith('.');
  let path = straight(relative ? `${folder}/${name}` : name);
  if (!relative && !name.includes('/')) {
    const { browser, main } = JSON.parse(fetched(`${name}/package.json`));
    path = straight(`${name}/${typeof browser === 'string' ? browser : main || 'index.js'}`);
  }
  for (const file of [path, `${path}.js`, `${path}/index.js`]) {
    if (!/\.js(on)?$/.test(file)) continue;
    if (loaded.has(file)) return [file, null];
    const text = fetched(file);
    if (text !== null) return [file, text];
  }
  throw new Error(`no module ${name} for ${folder}`);
}

function required(folder, name) {
  const [file, text] = found(folder, name);
  if (loaded.has(file)) return loaded.get(file).exports;
  const module = { exports: {} };
  loaded.set(file, module);
  if (file.endsWith('.json')) {
    module.exports = JSON.parse(text);
  } else {
    const own = file.slice(0, file.lastIndexOf('/'));
    const run = new Function('require', 'module', 'exports', 'global', `${text}\n//# sourceURL=${file}`);
    run.call(module.exports, (other) => required(own, other), module, module.exports, window);
  }
  return module.exports;
}

window.process = { env: {} };
window.require = (name) => required('', name);
