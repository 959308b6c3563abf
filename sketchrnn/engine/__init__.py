"""Inference without TensorFlow: encoder, decoder and sampling in numpy, for batches of drawings."""

from sketchrnn.engine.architecture import Architecture
from sketchrnn.engine.eye import Eye
from sketchrnn.engine.guidance import GuidedDecoder, GuidedState
from sketchrnn.engine.network import Decoder, DecoderState, Encoder, Labels, Latent
from sketchrnn.engine.sampling import Mixture, Sampler

__all__ = [
    "Architecture",
    "Decoder",
    "DecoderState",
    "Encoder",
    "Eye",
    "GuidedDecoder",
    "GuidedState",
    "Labels",
    "Latent",
    "Mixture",
    "Sampler",
]
