// What a browser makes of a conditional model: node magenta_vae.js < {"model": …, "strokes": […]}
// Prints μ and log σ² of z for the drawing, and, decoding from z = μ, the distribution before the first point and
// after each point. @magenta/sketch knows decoders alone: it gets this one's as such, z's part of the gates as a bias.
const fs = require('fs');
const tf = require('@tensorflow/tfjs');
let decoderAlone;
global.fetch = async () => ({json: async () => decoderAlone});
const {SketchRNN} = require('@magenta/sketch');

function tensor(shape, blob) {
  const bytes = Buffer.from(blob, 'base64');
  const values = Array.from({length: bytes.length / 2}, (_, i) => bytes.readInt16LE(2 * i) * 10 / 32767);
  return tf.tensor(values, shape);
}

function lastOutput(points, kernel, recurrentKernel, bias) {
  const both = tf.concat2d([kernel, recurrentKernel], 0);
  let c = tf.zeros([1, recurrentKernel.shape[0]]), h = c;
  for (const point of points) {
    [c, h] = tf.basicLSTMCell(tf.scalar(1.0), both, bias, tf.tensor2d([point]), c, h);
  }
  return h;
}

async function main() {
  const {model: path, strokes} = JSON.parse(fs.readFileSync(0));
  const [info, shapes, blobs] = JSON.parse(fs.readFileSync(path));
  const weights = blobs.map((blob, i) => tensor(shapes[i], blob));
  const points = strokes.map(([dx, dy, ...pen]) => [dx / info.scale_factor, dy / info.scale_factor, ...pen]);
  const forward = lastOutput(points, ...weights.slice(0, 3));
  const backward = lastOutput([...points].reverse(), ...weights.slice(3, 6));
  const read = tf.concat2d([forward, backward], 1);
  const mu = read.matMul(weights[6]).add(weights[7]);
  const logVariance = read.matMul(weights[8]).add(weights[9]);
  const start = mu.matMul(weights[10]).add(weights[11]).tanh();

  const [, gates] = shapes[14];
  const pointRows = Buffer.from(blobs[14], 'base64').subarray(0, 2 * 5 * gates).toString('base64');
  decoderAlone = [{...info, mode: 'gen'}, [shapes[12], shapes[13], [5, gates], ...shapes.slice(15)],
                  [blobs[12], blobs[13], pointRows, ...blobs.slice(15)]];
  const model = new SketchRNN('the decoder');
  await model.initialize();
  model.setPixelFactor(1.0);
  const ofZ = weights[14].slice([5, 0]);
  model.lstmBias = model.lstmBias.add(mu.matMul(ofZ).reshape([gates]));
  const [c, h] = tf.split(start, 2, 1).map((half) => half.dataSync());
  let state = {c, h};
  const rows = [];
  for (const stroke of [[0, 0, 0, 0, 0], ...strokes]) {
    state = model.update(stroke, state);
    const {pi, muX, muY, sigmaX, sigmaY, corr, pen} = model.getPDF(state, 1.0);
    rows.push([pi, muX, muY, sigmaX, sigmaY.slice(0, 20), corr, pen].flatMap((values) => Array.from(values)));
  }
  const answer = {mu: Array.from(mu.dataSync()), log_variance: Array.from(logVariance.dataSync()), rows};
  process.stdout.write(JSON.stringify(answer));
}

console.log = () => {};
main().catch((error) => { console.error(error); process.exit(1); });
