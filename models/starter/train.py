"""Train the starter thinker from nothing on CPU, and write everything that is shipped.

Usage (from the repository root, in an environment with torch, transformers, tokenizers, gguf, llama-cpp-python):

    python models/starter/train.py all                 # corpus, tokenizer, training, export, evaluation
    python models/starter/train.py prepare             # tokenizer and token arrays, into --work
    python models/starter/train.py fit --steps 1400    # training; a checkpoint every --save-minutes, resumes with --resume
    python models/starter/train.py export              # sarai-starter.gguf and reference_logits.npz from the newest checkpoint
    python models/starter/evaluate.py                  # the figures of MODEL_CARD.md

`--work` (default `.cache/starter` in the repository, never committed) takes the intermediate files.
"""

# ruff: noqa: E501, N812, PLR0917, S603 (report lines; it starts only its own evaluation)

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20261120
DIALOGUES = 70_000
DRILL_RATE, BABBLE_RATE = 0.45, 0.12  # shares of dialogues and of free words
NATURAL_RATE = 0.6  # share of items, notes and names that a person would say
CHUNK = 1_000  # dialogues made from one seed
SECOND_DIALOGUES, SECOND_STEPS, SECOND_PEAK = 20_000, 490, 0.5
WORKERS = 2  # processes of one thread each: no thread waits for another inside an operation
TOKENS_PER_STEP = 4_608  # per worker, padded
MUON_LR, ADAM_LR, WARMUP_STEPS = 0.02, 0.004, 40


# --- data ------------------------------------------------------------------------------------------
def write_dialogues(
    job: tuple[int, int], pieces: list[str] | None = None
) -> list[list[tuple[str, str]]]:
    import dialogues
    import slots
    import templates_train
    import things

    index, count = job
    if pieces:
        slots.PIECES, slots.BABBLE_RATE = pieces, BABBLE_RATE
        things.NATURAL_RATE = NATURAL_RATE
    rng = random.Random(SEED * 1000 + index)
    templates = dialogues.by_tool(templates_train.build())
    return [
        (dialogues.drill if pieces and rng.random() < DRILL_RATE else dialogues.conversation)(
            templates, templates_train, rng
        )
        for _ in range(count)
    ]


def encode_chunk(job: tuple[Path, int, int]) -> list[tuple[list[int], list[bool]]]:
    import tokenizer as tok

    path, index, count = job
    tokenizer = tok.load(path)
    pieces = sorted(t for t in tokenizer.get_vocab() if re.fullmatch("[a-z]{2,}", t))
    return [
        tok.encode_dialogue(tokenizer, messages)
        for messages in write_dialogues((index, count), pieces)
    ]


def prepare(work: Path, count: int, first: int = 0) -> None:
    """`tokenizer.json` and the token arrays exist in `work`."""
    import network
    import tokenizer as tok

    work.mkdir(parents=True, exist_ok=True)
    path = work / "tokenizer.json"
    if not path.exists():
        texts = [tok.messages_to_text(m) for m in write_dialogues((999_999, 12_000))]
        tok.train(texts, network.VOCAB).save(str(path))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        parts = pool.map(
            encode_chunk,
            [(path, i, CHUNK) for i in range(first, first + count // CHUNK)],
            chunksize=1,
        )
    rows = [row for part in parts for row in part]
    ids = np.concatenate([np.asarray(r[0], np.uint16) for r in rows])
    learned = np.concatenate([np.asarray(r[1], bool) for r in rows])
    ends = np.cumsum([len(r[0]) for r in rows])
    np.savez(work / "tokens.npz", ids=ids, learned=learned, ends=ends)
    print(f"{len(rows)} dialogues, {len(ids):,} tokens, {int(learned.sum()):,} learned")


def batches(ends: np.ndarray, rng: random.Random) -> list[list[int]]:
    """Dialogue numbers of one pass, each batch of similar lengths and at most TOKENS_PER_STEP padded tokens."""
    starts = np.concatenate([[0], ends[:-1]])
    lengths = ends - starts
    order = list(range(len(ends)))
    rng.shuffle(order)
    out: list[list[int]] = []
    for at in range(0, len(order), 3000):
        pool = sorted(order[at : at + 3000], key=lambda i: (lengths[i], i))
        current: list[int] = []
        for i in pool:
            if current and (len(current) + 1) * int(lengths[i]) > TOKENS_PER_STEP:
                out.append(current)
                current = []
            current.append(i)
        out.append(current)
    rng.shuffle(out)
    return out


# --- training --------------------------------------------------------------------------------------
def learning_rate(step: int, steps: int, peak: float) -> float:
    if step < WARMUP_STEPS:
        return peak * (step + 1) / WARMUP_STEPS
    done = (step - WARMUP_STEPS) / max(1, steps - WARMUP_STEPS)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def fit(
    work: Path, steps: int, save_minutes: float, resume: bool, peak: float, start_from: Path | None
) -> None:
    """Checkpoints lie in `work`, the newest is `checkpoint.pt`."""
    meeting = work / "meeting"
    meeting.unlink(missing_ok=True)
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(
            target=fit_worker, args=(rank, work, steps, save_minutes, resume, peak, start_from)
        )
        for rank in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("training failed")


def fit_worker(
    rank: int,
    work: Path,
    steps: int,
    save_minutes: float,
    resume: bool,
    peak: float,
    start_from: Path | None,
) -> None:
    """One worker: its own batches, the gradients averaged over all workers, the same step in each."""
    import network
    import torch
    import torch.distributed as dist
    import torch.nn.functional as F

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    dist.init_process_group(
        "gloo", init_method=f"file://{(work / 'meeting').resolve()}", rank=rank, world_size=WORKERS
    )
    tokens = np.load(work / "tokens.npz")
    ids, learned, ends = tokens["ids"], tokens["learned"], tokens["ends"]
    model = network.Starter()
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed_tokens" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed_tokens" in n]
    parameters = list(model.parameters())
    muon = torch.optim.Muon(
        matrices, lr=MUON_LR, momentum=0.95, nesterov=True, weight_decay=0.01, ns_steps=5
    )
    adam = torch.optim.AdamW(others, lr=ADAM_LR, betas=(0.9, 0.98), weight_decay=0.0)
    step, plan_seed = 0, SEED
    checkpoint = work / "checkpoint.pt"
    if start_from:
        state = torch.load(start_from)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
    if resume and checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
        step = state["step"]
    plan: list[list[int]] = []
    while len(plan) < steps * WORKERS:
        plan += batches(ends, random.Random(plan_seed))
        plan_seed += 1

    def save() -> None:
        torch.save(
            {
                "model": model.state_dict(),
                "muon": muon.state_dict(),
                "adam": adam.state_dict(),
                "step": step,
            },
            checkpoint.with_suffix(".tmp"),
        )
        checkpoint.with_suffix(".tmp").replace(checkpoint)

    started = saved = time.monotonic()
    seen, average = 0, 0.0
    while step < steps:
        rows = plan[step * WORKERS + rank]
        bounds = [(int(ends[i - 1]) if i else 0, int(ends[i])) for i in rows]
        width = max(b - a for a, b in bounds)
        batch = np.zeros((len(rows), width), np.int64)
        mask = np.zeros((len(rows), width), bool)
        for r, (a, b) in enumerate(bounds):
            batch[r, : b - a] = ids[a:b]
            mask[r, : b - a] = learned[a:b]
        x, wanted = torch.from_numpy(batch), torch.from_numpy(mask[:, 1:])
        scale = learning_rate(step, steps, peak)
        muon.param_groups[0]["lr"], adam.param_groups[0]["lr"] = MUON_LR * scale, ADAM_LR * scale
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model(x[:, :-1])[wanted]
            loss = F.cross_entropy(model.logits(hidden).float(), x[:, 1:][wanted])
        loss.backward()
        gradient = torch.cat([p.grad.flatten() for p in parameters])
        dist.all_reduce(gradient)
        at = 0
        for p in parameters:
            p.grad.copy_(gradient[at : at + p.numel()].view_as(p) / WORKERS)
            at += p.numel()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        muon.step()
        adam.step()
        for p in model.parameters():
            p.grad = None
        step += 1
        seen += batch.size * WORKERS
        average = 0.9 * average + 0.1 * loss.item() if average else loss.item()
        now = time.monotonic()
        if step % 20 == 0 and rank == 0:
            print(
                f"step {step}/{steps} loss {average:.4f} {seen / (now - started):.0f} tok/s {now - started:.0f} s",
                flush=True,
            )
        if rank == 0 and now - saved > save_minutes * 60:
            save()
            saved = now
    dist.destroy_process_group()
    if rank:
        return
    save()
    (work / "training.json").write_text(
        json.dumps(
            {
                "steps": steps,
                "tokens": seen,
                "seconds": round(time.monotonic() - started),
                "final_loss": average,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=("all", "prepare", "fit", "export"))
    parser.add_argument("--work", type=Path, default=HERE.parents[1] / ".cache" / "starter")
    parser.add_argument("--dialogues", type=int, default=DIALOGUES)
    parser.add_argument("--steps", type=int, default=1400)
    parser.add_argument("--save-minutes", type=float, default=3.0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first chunk of dialogues"
    )
    parser.add_argument("--peak", type=float, default=1.0, help="share of the full learning rate")
    parser.add_argument("--start-from", type=Path, help="checkpoint to begin from, at step 0")
    options = parser.parse_args()
    import export_gguf

    rest = (options.save_minutes, options.resume)
    work = options.work
    if options.stage == "prepare":
        prepare(work, options.dialogues, options.first)
    elif options.stage == "fit":
        fit(work, options.steps, *rest, options.peak, options.start_from)
    elif options.stage == "export":
        export_gguf.export(work, HERE / "sarai-starter.gguf", HERE / "reference_logits.npz")
    else:
        second = work / "second"  # fresh dialogues, half the learning rate, same tokenizer
        prepare(work, options.dialogues)
        fit(work, options.steps, *rest, 1.0, None)
        second.mkdir(exist_ok=True)
        shutil.copy(work / "tokenizer.json", second)
        prepare(second, SECOND_DIALOGUES, options.dialogues // CHUNK)
        fit(second, SECOND_STEPS, *rest, SECOND_PEAK, work / "checkpoint.pt")
        export_gguf.export(second, HERE / "sarai-starter.gguf", HERE / "reference_logits.npz")
        subprocess.run([sys.executable, str(HERE / "evaluate.py")], check=True)


if __name__ == "__main__":
    main()
