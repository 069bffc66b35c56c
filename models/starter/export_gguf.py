"""Write the trained network as a GGUF file (arch `lfm2`), with its tokenizer, chat template and reference logits.

Keys and tensor names as llama.cpp's `lfm2.cpp` reads them. Owns the file's contents; nothing here trains.
"""

# ruff: noqa: E501 (tables of names)

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20261120
CHAT_TEMPLATE = (
    "{{- bos_token -}}"
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message['role'] + '\\n' -}}"
    "{%- if message['role'] == 'tool' and not message['content'].startswith('<|tool_response_start|>') -%}"
    "{{- '<|tool_response_start|>' + message['content'] + '<|tool_response_end|>' -}}"
    "{%- else -%}"
    "{{- message['content'] -}}"
    "{%- endif -%}"
    "{{- '<|im_end|>\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)
TENSORS = {
    "model.embed_tokens.weight": "token_embd.weight", "model.embedding_norm.weight": "token_embd_norm.weight",
    "operator_norm.weight": "attn_norm.weight", "ffn_norm.weight": "ffn_norm.weight", "feed_forward.w1.weight": "ffn_gate.weight",
    "feed_forward.w2.weight": "ffn_down.weight", "feed_forward.w3.weight": "ffn_up.weight", "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight", "self_attn.v_proj.weight": "attn_v.weight", "self_attn.out_proj.weight": "attn_output.weight",
    "self_attn.q_layernorm.weight": "attn_q_norm.weight", "self_attn.k_layernorm.weight": "attn_k_norm.weight",
    "conv.conv.weight": "shortconv.conv.weight", "conv.in_proj.weight": "shortconv.in_proj.weight", "conv.out_proj.weight": "shortconv.out_proj.weight",
}  # fmt: skip
REFERENCE_DIALOGUES: list[list[tuple[str, str]]] = [
    [("user", "what time is it")],
    [("user", "set a timer for twenty five minutes")],
    [("user", "Add two bottles of milk to my shopping list, please.")],
    [("user", "how many kilometers is five miles"), ("assistant", '<|tool_call_start|>[convert(amount="five", from_unit="miles", to_unit="kilometers")]<|tool_call_end|>'),
     ("tool", '<|tool_response_start|>{"result": "8.05 kilometers"}<|tool_response_end|>')],
    [("user", "what is the capital of france"), ("assistant", "The capital of France is Paris."), ("user", "and what time is it in paris")],
    [("user", "the old man carried his bag down to the harbour")],
]  # fmt: skip
REFERENCE_POSITIONS = 4


def gguf_name(name: str) -> str:
    if name in TENSORS:
        return TENSORS[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{TENSORS[rest]}"


def export(work: Path, gguf_path: Path, logits_path: Path, kind: str = "Q8_0") -> None:
    """`gguf_path` holds the newest checkpoint, `logits_path` its logits as PyTorch computes them in fp32."""
    import torch

    state = torch.load(work / "checkpoint.pt")
    weights = {k: v.float().numpy() for k, v in state["model"].items()}
    write_gguf(
        weights,
        json.loads((work / "tokenizer.json").read_text(encoding="utf-8")),
        gguf_path,
        kind,
        state["step"],
    )
    write_reference(state["model"], work / "tokenizer.json", logits_path)
    write_tokenizer_cases(work / "tokenizer.json", logits_path.with_name("tokenizer_cases.json"))
    print(f"{gguf_path.name}: {gguf_path.stat().st_size:,} bytes, step {state['step']}")


def write_gguf(
    weights: dict[str, np.ndarray], tokenizer: dict, path: Path, kind: str, step: int
) -> None:
    import gguf
    import network as net
    import tokenizer as tok

    writer = gguf.GGUFWriter(str(path), "lfm2")
    writer.add_name("Sarai starter")
    writer.add_description(
        "Small offline assistant brain, trained from nothing by the Sarai project on generated dialogues"
    )
    writer.add_license("GPL-3.0-or-later")
    writer.add_author("Sarai project")
    writer.add_languages(["en"])
    writer.add_size_label(f"{sum(w.size for w in weights.values()) / 1e6:.1f}M")
    writer.add_uint32("sarai.seed", SEED)
    writer.add_uint32("sarai.training_steps", step)
    writer.add_block_count(len(net.LAYER_TYPES))
    writer.add_context_length(net.CONTEXT)
    writer.add_embedding_length(net.HIDDEN)
    writer.add_feed_forward_length(net.FEED_FORWARD)
    writer.add_head_count(net.HEADS)
    writer.add_head_count_kv(
        [net.KV_HEADS if kind_ == "full_attention" else 0 for kind_ in net.LAYER_TYPES]
    )
    writer.add_layer_norm_rms_eps(net.EPS)
    writer.add_rope_freq_base(net.ROPE_THETA)
    writer.add_vocab_size(net.VOCAB)
    writer.add_shortconv_l_cache(net.L_CACHE)
    writer.add_file_type(
        gguf.LlamaFileType.MOSTLY_Q8_0 if kind == "Q8_0" else gguf.LlamaFileType.MOSTLY_F16
    )

    vocab = tokenizer["model"]["vocab"] | {t["content"]: t["id"] for t in tokenizer["added_tokens"]}
    tokens = sorted(vocab, key=lambda t: vocab[t])
    if [vocab[t] for t in tokens] != list(range(net.VOCAB)):
        raise ValueError("the vocabulary has gaps")
    merges = [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tok.PRE_TOKENIZER_NAME)
    writer.add_token_list(tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if t in tok.SPECIAL else gguf.TokenType.NORMAL for t in tokens]
    )
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tok.BOS)
    writer.add_eos_token_id(tok.IM_END)
    writer.add_pad_token_id(tok.PAD)
    writer.add_eot_token_id(tok.IM_END)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)

    for name, original in weights.items():
        target = gguf_name(name)
        weight = original[:, 0, :] if target.endswith("shortconv.conv.weight") else original
        if weight.ndim == 1 or "shortconv.conv" in target:
            writer.add_tensor(target, np.ascontiguousarray(weight, np.float32))
        elif kind == "Q8_0":
            quantised = gguf.quants.quantize(
                weight.astype(np.float32), gguf.GGMLQuantizationType.Q8_0
            )
            writer.add_tensor(target, quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(target, weight.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


TOKENIZER_CASES = (
    "set a timer for twenty five minutes", "What's 3.14159 * 1,000?", '[add_to_list(item="wolfsbane and 2 bottles", list="to do")]',
    '{"time": "3:42 PM", "place": "São Paulo"}', "naïve café, Ελληνικά и русский 東京 👍🏽", "  two  spaces\tand a tab\n\n", "don't we'll I'M", "١٢٣ ½ ²",
    "<|im_start|>user\nhi<|im_end|>\n", "", " ", "100%", "xylophonic kluemstrainck",
)  # fmt: skip


def write_tokenizer_cases(tokenizer_path: Path, path: Path) -> None:
    """Texts and the ids that the training tokenizer gives them, for the test."""
    import tokenizer as tok

    tokenizer = tok.load(tokenizer_path)
    cases = [
        {"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids}
        for t in TOKENIZER_CASES
    ]
    path.write_text(
        "[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n",
        encoding="utf-8",
    )


def write_reference(state: dict, tokenizer_path: Path, path: Path) -> None:
    """Token ids and the logits of their last positions, by transformers' own code in fp32."""
    import dialogues
    import network as net
    import tokenizer as tok
    import torch
    from transformers import Lfm2ForCausalLM

    tokenizer = tok.load(tokenizer_path)
    model = Lfm2ForCausalLM(net.config())  # type: ignore[arg-type]
    missing = model.load_state_dict(state, strict=False)
    if missing.unexpected_keys or set(missing.missing_keys) - {"lm_head.weight"}:
        raise ValueError(f"the state does not fit: {missing}")
    model.tie_weights()
    model.eval()
    arrays: dict[str, np.ndarray] = {}
    for i, dialogue in enumerate(REFERENCE_DIALOGUES):
        text = (
            tok.messages_to_text([("system", dialogues.SYSTEM), *dialogue])
            + "<|im_start|>assistant\n"
        )
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -REFERENCE_POSITIONS:]
        arrays[f"ids_{i}"] = np.asarray(ids, np.int32)
        arrays[f"logits_{i}"] = logits.numpy().astype(np.float16)
    np.savez_compressed(path, **arrays)
