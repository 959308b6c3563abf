// How long Magenta's own browser code takes for a point: node magenta_point.js MODEL.gen.json POINTS
// Prints the least milliseconds of one, which other programs disturb least: update, getPDF, sample.
const fs = require('fs');
global.fetch = async (path) => ({json: async () => JSON.parse(fs.readFileSync(path))});
const print = console.log;
console.log = () => {};
const {SketchRNN} = require('@magenta/sketch');

async function main() {
  const model = new SketchRNN(process.argv[2]);
  await model.initialize();
  let state = model.zeroState();
  let stroke = model.zeroInput();
  const times = [];
  for (let point = 0; point < Number(process.argv[3]); point++) {
    const started = process.hrtime.bigint();
    state = model.update(stroke, state);
    stroke = model.sample(model.getPDF(state, 0.4));
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
    if (stroke[4] === 1) {
      state = model.zeroState();
      stroke = model.zeroInput();
    }
  }
  print(Math.min(...times));
}

main().catch((error) => { console.error(error); process.exit(1); });
