// What Magenta's own browser code makes of a drawing: node magenta_pdf.js < {"models": […], "strokes": […]}
// Prints, for each model, the distribution before the first point and after each point; and milliseconds a point.
const fs = require('fs');
global.fetch = async (path) => ({json: async () => JSON.parse(fs.readFileSync(path))});
const {SketchRNN} = require('@magenta/sketch');

async function main() {
  const {models, strokes} = JSON.parse(fs.readFileSync(0));
  const answers = [];
  for (const path of models) {
    const model = new SketchRNN(path);
    await model.initialize();
    model.setPixelFactor(1.0);
    let state = model.zeroState();
    const started = process.hrtime.bigint();
    const rows = [];
    for (const stroke of [[0, 0, 0, 0, 0], ...strokes]) {
      state = model.update(stroke, state);
      const pdf = model.getPDF(state, 1.0);
      const {pi, muX, muY, sigmaX, corr, pen} = pdf;
      const sigmaY = pdf.sigmaY.slice(0, 20);
      rows.push([pi, muX, muY, sigmaX, sigmaY, corr, pen].flatMap((values) => Array.from(values)));
    }
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6 / rows.length;
    answers.push({rows, milliseconds});
    model.dispose();
  }
  process.stdout.write(JSON.stringify(answers));
}

console.log = () => {};
main().catch((error) => { console.error(error); process.exit(1); });
