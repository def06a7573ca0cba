"""Play mode of the mock (mock.py): a small Ollama, OpenAI-compatible or Anthropic server.

    mock.py --play ollama --models fast:8b,big-r1:70b --delay-ms 100 --tokens 20 --rate 0

Every model answers each question with `--answer` (by default "<model> says: 42") stretched or
cut to `--tokens` words, after `--delay-ms`, at `--rate` tokens a second (0: all at once). It
thinks first, `--thinking` words, when it is asked to and its name holds r1, think or qwq.

POST /__play changes anything while it runs; what is under "model" is for one model alone:

    {"delay_ms": 5, "answers": {"capital of France": "Paris"},
     "model": {"big-r1:70b": {"delay_ms": 900, "digest": "ab12...", "load_ms": 400,
                              "fail": {"status": 503, "error": "busy", "times": 2}}}}

`fail` answers so many requests with an error (-1: all of them); `stall_after` falls silent
after that many words; `cut_after` closes the connection there; `counted` is what it says it read of
the prompt, and `cached` how much of it was read before.
"""
import hashlib
import itertools
import json
import time

WORDS = ("and so it goes on from here to there with one more word each time until the count "
         "that was asked for is full").split()
CREATED = "2026-01-02T03:04:05.000Z"
DEFAULTS = {"delay_ms": 0, "tokens": 12, "thinking": 8, "rate": 0, "load_ms": 0, "answer": None,
            "answers": {}, "digest": None, "fail": None, "stall_after": None, "cut_after": None,
            "context": 8192, "counted": None, "cached": None}


def add_arguments(parser):
    parser.add_argument("--play", choices=["ollama", "openai", "anthropic"])
    parser.add_argument("--models", default="fast:8b,big-r1:70b")
    parser.add_argument("--key", help="refuse requests without this key")
    for name in ("delay_ms", "tokens", "thinking", "rate", "load_ms", "context"):
        parser.add_argument("--" + name.replace("_", "-"), type=float, default=DEFAULTS[name])
    parser.add_argument("--answer")


class Player:
    """What the models are like now, and how each surface speaks."""

    def __init__(self, args):
        self.kind = args.play
        self.key = args.key
        self.models = [m for m in args.models.split(",") if m]
        self.common = {k: getattr(args, k, v) for k, v in DEFAULTS.items()}
        self.own = {m: {} for m in self.models}
        self.loaded = set()
        self.ids = itertools.count(1)

    def change(self, wanted):
        for model, settings in wanted.pop("model", {}).items():
            self.own.setdefault(model, {}).update(settings)
        self.models = wanted.pop("models", self.models)
        self.common.update(wanted)

    def get(self, model, key):
        return self.own.get(model, {}).get(key, self.common[key])

    def digest(self, model):
        return self.get(model, "digest") or hashlib.sha256(model.encode()).hexdigest()

    def thinks(self, model):
        return any(part in model for part in ("r1", "think", "qwq"))

    def capabilities(self, model):
        if "embed" in model:
            return ["embedding"]
        return ["completion", "thinking"] if self.thinks(model) else ["completion"]

    # --- routes

    async def answer(self, connection, request):
        path = request["path"].split("?")[0]
        route = ROUTES[self.kind].get((request["method"], path))
        if not route:
            return await connection.send_json(*self.error(404, "File Not Found"))
        if not self.allowed(request):
            return await connection.send_json(*self.error(401, "Invalid API Key"))
        try:
            asked = json.loads(request["body"] or b"{}")
        except ValueError:
            return await connection.send_json(*self.error(400, "bad JSON"))
        await route(self, connection, asked)

    def allowed(self, request):
        sent = (request["headers"].get("authorization", ""), request["headers"].get("x-api-key"))
        return not self.key or "Bearer " + self.key == sent[0] or self.key == sent[1]

    def error(self, status, text):
        kinds = {400: "invalid_request_error", 401: "authentication_error",
                 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
        kind = kinds.get(status, "api_error")
        if self.kind == "ollama":
            return {"error": text}, status
        if self.kind == "anthropic":
            return {"type": "error", "error": {"type": kind, "message": text}}, status
        return {"error": {"message": text, "type": kind, "param": None, "code": None}}, status

    def refusal(self, model):
        """The error this request gets, or None."""
        if model not in self.models:
            return self.error(404, "model '%s' not found" % model)
        fail = self.get(model, "fail")
        if fail and fail.get("times", -1) != 0:
            fail["times"] = fail.get("times", -1) - 1
            return self.error(fail.get("status", 500), fail.get("error", "it failed as asked"))
        return None

    # --- the answer itself

    def words(self, model, prompt, thinking):
        """The pieces of an answer: (is it thinking, text)."""
        text = self.get(model, "answer") or "%s says: 42" % model
        for part, answer in self.get(model, "answers").items():
            if part in prompt:
                text = answer
        fixed = text != "%s says: 42" % model
        answer = text.split(" ")
        count = int(self.get(model, "tokens"))
        if not fixed:
            answer = list(itertools.islice(itertools.chain(answer, itertools.cycle(WORDS)), count))
        thoughts = ["Step", *itertools.islice(itertools.cycle(WORDS), max(0, thinking - 1))]
        pieces = [(True, w) for w in thoughts[:thinking]] + [(False, w) for w in answer]
        return [(kind, w if i in (0, thinking) else " " + w)
                for i, (kind, w) in enumerate(pieces)]

    def counted(self, model, prompt):
        told = self.get(model, "counted")
        return len(prompt.split()) + 5 if told is None else int(told)

    async def stream(self, connection, model, prompt, limit, thinking):
        """Yields the pieces in time; the last thing yielded is the Ending."""
        start = time.monotonic()
        load = 0.0
        if model not in self.loaded:
            self.loaded.add(model)
            load = self.get(model, "load_ms") / 1000
        await connection.wait(load + self.get(model, "delay_ms") / 1000)
        first = time.monotonic()
        pieces = self.words(model, prompt, thinking)
        kept = pieces[:limit]
        rate, stall, cut = (self.get(model, k) for k in ("rate", "stall_after", "cut_after"))
        for n, piece in enumerate(kept):
            if stall is not None and n == stall:
                await connection.wait(3600)
            if cut is not None and n == cut:
                connection.transport.close()
                connection.entry = None
                await connection.wait(3600)
            if rate:
                await connection.wait(first + n / rate - time.monotonic())
            yield piece
        yield Ending(len(kept) < len(pieces), self.counted(model, prompt), len(kept),
                     min(thinking, len(kept)), load, first - start, time.monotonic() - first)


class Ending:
    def __init__(self, cut, prompt, words, thinking, load, wait, eval_s):
        self.cut, self.prompt, self.words, self.thinking = cut, prompt, words, thinking
        self.load, self.wait, self.eval_s = load, wait, eval_s


def prompt_of(asked):
    parts = [m.get("content") for m in asked.get("messages", [])]
    return "\n".join(p if isinstance(p, str) else json.dumps(p) for p in parts)


def open_stream(connection, kind):
    connection.write_head(200, "OK", [("Content-Type", kind), ("Transfer-Encoding", "chunked")])


def close_stream(connection):
    connection.write(b"0\r\n\r\n")
    connection.entry = None


# --- Ollama


def ns(seconds):
    return int(seconds * 1e9)


async def ollama_root(player, connection, asked):
    await connection.send({"framing": "length", "writes": ["Ollama is running"]})


async def ollama_version(player, connection, asked):
    await connection.send_json({"version": "0.17.4"})


def ollama_row(player, model):
    size = model.split(":")[-1].upper()
    family = "nomic-bert" if "embed" in model else "llama"
    return {"name": model, "model": model, "modified_at": CREATED, "size": 1000 + len(model),
            "digest": player.digest(model),
            "details": {"format": "gguf", "family": family, "families": [family],
                        "parameter_size": size, "quantization_level": "Q4_K_M"}}


async def ollama_tags(player, connection, asked):
    await connection.send_json({"models": [ollama_row(player, m) for m in player.models]})


async def ollama_ps(player, connection, asked):
    rows = [{**ollama_row(player, m), "expires_at": "2318-01-01T00:00:00Z", "size_vram": 900,
             "context_length": int(player.get(m, "context"))}
            for m in player.models if m in player.loaded]
    await connection.send_json({"models": rows})


async def ollama_show(player, connection, asked):
    model = asked.get("model") or asked.get("name")
    if model not in player.models:
        return await connection.send_json(*player.error(404, "model '%s' not found" % model))
    await connection.send_json({
        "details": ollama_row(player, model)["details"], "template": "{{ .Prompt }}",
        "model_info": {"general.architecture": "llama",
                       "llama.context_length": int(player.get(model, "context"))},
        "capabilities": player.capabilities(model)})


async def ollama_chat(player, connection, asked):
    model = asked.get("model", "")
    refused = player.refusal(model)
    if refused:
        return await connection.send_json(*refused)
    if asked.get("think") and not player.thinks(model):
        return await connection.send_json(
            *player.error(400, '"%s" does not support thinking' % model))
    base = {"model": model, "created_at": CREATED}
    if not asked.get("messages"):
        unload = asked.get("keep_alive") == 0
        if not unload and model not in player.loaded:
            await connection.wait(player.get(model, "load_ms") / 1000)
        (player.loaded.discard if unload else player.loaded.add)(model)
        return await connection.send_json({
            **base, "message": {"role": "assistant", "content": ""}, "done": True,
            "done_reason": "unload" if unload else "load"})
    think = asked.get("think", True) and player.thinks(model)
    limit = asked.get("options", {}).get("num_predict", -1)
    pieces = player.stream(connection, model, prompt_of(asked), limit if limit > 0 else None,
                           int(player.get(model, "thinking")) if think else 0)
    streamed, text, thoughts, opened = asked.get("stream", True), "", "", False

    def line(value):
        connection.write_chunk(json.dumps(value).encode() + b"\n")

    async for piece in pieces:
        if isinstance(piece, Ending):
            last = {**base, "message": {"role": "assistant", "content": ""}, "done": True,
                    "done_reason": "length" if piece.cut else "stop",
                    "total_duration": ns(piece.wait + piece.eval_s),
                    "load_duration": ns(piece.load) or 40_000_000,
                    "prompt_eval_count": piece.prompt, "prompt_eval_duration": 1_000_000,
                    "eval_count": piece.words, "eval_duration": ns(piece.eval_s) or 1000}
            if player.get(model, "cached") is not None:
                last["prompt_eval_cached_count"] = int(player.get(model, "cached"))
            if not streamed:
                last["message"] = {"role": "assistant", "content": text,
                                   **({"thinking": thoughts} if thoughts else {})}
                return await connection.send_json(last)
            if not opened:
                open_stream(connection, "application/x-ndjson")
            line(last)
            close_stream(connection)
        elif streamed:
            if not opened:  # as the real one: no headers before there is a token
                open_stream(connection, "application/x-ndjson")
                opened = True
            message = {"role": "assistant", "content": "" if piece[0] else piece[1]}
            if piece[0]:
                message["thinking"] = piece[1]
            line({**base, "message": message, "done": False})
        else:
            thoughts, text = (thoughts + piece[1], text) if piece[0] else (thoughts,
                                                                           text + piece[1])


# --- OpenAI-compatible


async def openai_models(player, connection, asked):
    await connection.send_json({"object": "list", "data": [
        {"id": m, "object": "model", "created": 1, "owned_by": "mock"} for m in player.models]})


async def openai_health(player, connection, asked):
    await connection.send_json({"status": "ok"})


async def openai_chat(player, connection, asked):
    model = asked.get("model", "")
    refused = player.refusal(model)
    if refused:
        return await connection.send_json(*refused)
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    thinking = int(player.get(model, "thinking")) if player.thinks(model) else 0
    if asked.get("reasoning_effort") == "none":
        thinking = 0
    base = {"id": "chatcmpl-%d" % next(player.ids), "created": 1, "model": model,
            "system_fingerprint": "fp_" + player.digest(model)[:12]}
    text = {False: "", True: ""}

    def event(choices, **more):
        value = {**base, "object": "chat.completion.chunk", "choices": choices, **more}
        connection.write_chunk(b"data: " + json.dumps(value).encode() + b"\n\n")

    def choice(delta, reason=None):
        return [{"index": 0, "delta": delta, "finish_reason": reason}]

    streamed = asked.get("stream", False)
    if streamed:  # the head at once, the first token later
        open_stream(connection, "text/event-stream")
    first = True
    async for piece in player.stream(connection, model, prompt_of(asked), limit, thinking):
        if isinstance(piece, Ending):
            usage = {"prompt_tokens": piece.prompt, "completion_tokens": piece.words,
                     "total_tokens": piece.prompt + piece.words,
                     "completion_tokens_details": {"reasoning_tokens": piece.thinking}}
            if player.get(model, "cached") is not None:
                usage["prompt_tokens_details"] = {"cached_tokens": int(player.get(model, "cached"))}
            reason = "length" if piece.cut else "stop"
            if not streamed:
                message = {"role": "assistant", "content": text[False]}
                if text[True]:
                    message["reasoning_content"] = text[True]
                return await connection.send_json({
                    **base, "object": "chat.completion", "usage": usage,
                    "choices": [{"index": 0, "message": message, "finish_reason": reason}]})
            event(choice({}, reason))
            if asked.get("stream_options", {}).get("include_usage"):
                event([], usage=usage)
            connection.write_chunk(b"data: [DONE]\n\n")
            close_stream(connection)
        elif streamed:
            if first:
                event(choice({"role": "assistant", "content": None}))
                first = False
            event(choice({"reasoning_content" if piece[0] else "content": piece[1]}))
        else:
            text[piece[0]] += piece[1]


# --- Anthropic


async def anthropic_models(player, connection, asked):
    rows = [{"type": "model", "id": m, "display_name": m, "created_at": CREATED}
            for m in player.models]
    await connection.send_json({"data": rows, "has_more": False,
                                "first_id": rows[0]["id"] if rows else None,
                                "last_id": rows[-1]["id"] if rows else None})


async def anthropic_chat(player, connection, asked):
    model = asked.get("model", "")
    refused = player.refusal(model)
    if refused:
        return await connection.send_json(*refused)
    if "max_tokens" not in asked:
        return await connection.send_json(*player.error(400, "max_tokens: Field required"))
    think = asked.get("thinking", {}).get("type") in ("enabled", "adaptive")
    prompt = prompt_of(asked)

    def event(kind, **more):
        value = json.dumps({"type": kind, **more})
        connection.write_chunk(("event: %s\ndata: %s\n\n" % (kind, value)).encode())

    open_stream(connection, "text/event-stream")
    event("message_start", message={
        "id": "msg_%d" % next(player.ids), "type": "message", "role": "assistant", "content": [],
        "model": model, "stop_reason": None,
        "usage": {"input_tokens": player.counted(model, prompt), "output_tokens": 1,
                  "cache_read_input_tokens": int(player.get(model, "cached") or 0)}})
    event("ping")
    at, index = None, -1
    async for piece in player.stream(connection, model, prompt, asked["max_tokens"],
                                     int(player.get(model, "thinking")) if think else 0):
        if isinstance(piece, Ending):
            if at is not None:
                event("content_block_stop", index=index)
            event("message_delta", delta={"stop_reason": "max_tokens" if piece.cut
                                          else "end_turn", "stop_sequence": None},
                  usage={"output_tokens": piece.words})
            event("message_stop")
            close_stream(connection)
            return
        field = "thinking" if piece[0] else "text"
        if field != at:
            if at is not None:
                event("content_block_stop", index=index)
            at, index = field, index + 1
            event("content_block_start", index=index, content_block={"type": field, field: ""})
        event("content_block_delta", index=index, delta={"type": field + "_delta",
                                                         field: piece[1]})


ROUTES = {
    "ollama": {
        ("GET", "/"): ollama_root,
        ("GET", "/api/version"): ollama_version, ("GET", "/api/tags"): ollama_tags,
        ("GET", "/api/ps"): ollama_ps, ("POST", "/api/show"): ollama_show,
        ("POST", "/api/chat"): ollama_chat,
    },
    "openai": {
        ("GET", "/v1/models"): openai_models, ("GET", "/models"): openai_models,
        ("GET", "/health"): openai_health,
        ("POST", "/v1/chat/completions"): openai_chat, ("POST", "/chat/completions"): openai_chat,
    },
    "anthropic": {
        ("GET", "/v1/models"): anthropic_models, ("POST", "/v1/messages"): anthropic_chat,
    },
}
