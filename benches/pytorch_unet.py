#!/usr/bin/env python3
"""Seconds per iteration of the network that Cantus calls `unet`, written in plain PyTorch, eager: what ours is measured by.

    benches/pytorch_unet.py CANTUS [--batch 64] [--threads 2] [--iterations 3] [--rounds 3]

Runs ours (`cantus bench train`) and this in turns, on the same machine, with the same threads, and prints both medians and
their ratio. Needs the `torch` package. An iteration is five critic steps (Wasserstein with gradient penalty) and one
generator step, each on its own batch, as in `engine/src/networks/unet/training/`. Batches are random here, and free: making them counts
in ours alone.
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional

CRITIC_STEPS = 5
PENALTY_WEIGHT = 10.0


def halving(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 4, stride=2, padding=1)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.2)


def doubled(x):
    return functional.pad(functional.interpolate(x, scale_factor=2, mode="nearest"), (1, 2, 1, 2))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = halving(1, 64)
        self.down = nn.ModuleList([halving(64, 128), halving(128, 256), halving(256, 512)])
        self.down_norm = nn.ModuleList([norm(128), norm(256), norm(512)])
        self.up = nn.ModuleList([nn.Conv2d(1024, 256, 4), nn.Conv2d(512, 128, 4), nn.Conv2d(256, 64, 4)])
        self.up_norm = nn.ModuleList([norm(256), norm(128), norm(64)])
        self.out = nn.Conv2d(128, 4, 4)

    def forward(self, melody, noise):
        skips = [functional.leaky_relu(self.first(melody), 0.2)]
        for conv, normalise in zip(self.down, self.down_norm):
            skips.append(normalise(functional.leaky_relu(conv(skips[-1]), 0.2)))
        x = torch.cat([skips.pop(), noise], 1)
        for conv, normalise in zip(self.up, self.up_norm):
            x = functional.relu(normalise(conv(doubled(x))))
            x = torch.cat([x, skips.pop()], 1)
        return torch.tanh(self.out(doubled(x)))


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([halving(5, 64), halving(64, 128), halving(128, 256), halving(256, 512)])
        self.score = nn.Linear(8192, 1)

    def forward(self, tracks, melody):
        x = torch.cat([tracks, melody], 1)
        for conv in self.convs:
            x = functional.leaky_relu(conv(x), 0.2)
        return self.score(x.flatten(1))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


class Training:
    def __init__(self, batch):
        self.batch = batch
        self.generator, self.critic = Generator(), Critic()
        assert (count(self.generator), count(self.critic)) == (8_270_852, 2_766_785), "this is another network"
        settings = {"lr": 1e-3, "betas": (0.5, 0.9), "eps": 1e-7}
        self.generator_adam = torch.optim.Adam(self.generator.parameters(), **settings)
        self.critic_adam = torch.optim.Adam(self.critic.parameters(), **settings)
        self.real = torch.rand(batch, 4, 32, 128).round() * 2 - 1
        self.melody = self.real[:, :1]

    def noise(self):
        return torch.randn(self.batch, 512, 2, 8)

    def critic_step(self):
        self.generator.eval()
        with torch.no_grad():
            fake = self.generator(self.melody, self.noise())
        loss = self.critic(fake, self.melody).mean() - self.critic(self.real, self.melody).mean()
        share = torch.rand(self.batch, 1, 1, 1)
        between = (fake + (self.real - fake) * share).requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.critic(between, self.melody).sum(), between, create_graph=True)
        slope = (gradient.square().flatten(1).sum(1) + 1e-8).sqrt()
        loss = loss + PENALTY_WEIGHT * (slope - 1).square().mean()
        self.critic_adam.zero_grad()
        loss.backward()
        self.critic_adam.step()
        return loss

    def generator_step(self):
        self.generator.train()
        loss = -self.critic(self.generator(self.melody, self.noise()), self.melody).mean()
        self.generator_adam.zero_grad()
        loss.backward(inputs=list(self.generator.parameters()))
        self.generator_adam.step()
        return loss

    def iteration(self):
        for _ in range(CRITIC_STEPS):
            loss = self.critic_step()
        return float(loss.detach()), float(self.generator_step().detach())


def theirs(arguments):
    """Seconds of an iteration, the median of some after one to warm up."""
    torch.manual_seed(1)
    training = Training(arguments.batch)
    training.iteration()
    seconds = []
    for _ in range(arguments.iterations):
        began = time.perf_counter()
        training.iteration()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def ours(arguments):
    command = [arguments.cantus, "bench", "train", "--json", "--network", "unet", "--device", "cpu"]
    for name in ("batch", "threads", "iterations"):
        command += [f"--{name}", str(getattr(arguments, name))]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)["seconds_per_iteration"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cantus", help="the program, built for release")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    own, others = [], []
    for _ in range(arguments.rounds):
        own.append(ours(arguments))
        others.append(theirs(arguments))
        print(f"ours {own[-1]:.3f} s, PyTorch {others[-1]:.3f} s an iteration", flush=True)
    mine, other = statistics.median(own), statistics.median(others)
    print(f"batch {arguments.batch}, {arguments.threads} threads, torch {torch.__version__}: ours {mine:.3f} s, PyTorch {other:.3f} s, ratio {mine / other:.3f}")


if __name__ == "__main__":
    main()
