using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Conversations.Models;

/// <summary>One answer of a model, from the bytes of its stream to parts of a brain's (6.1). Whatever comes, it ends once.</summary>
/// <param name="schemaOf">Of the tool of a name, for calls that are written without kinds; null where no tools are offered.</param>
/// <param name="mayBeEmpty">There may be nothing to say: an answer that ends well without a word is whole.</param>
/// <param name="names">Of the tools that are offered; null leaves calls that are written as code among the words.</param>
internal sealed class ChatAnswer(int request, string refusal, Action<BrainPart> tell, Func<string, JsonObject?>? schemaOf = null,
    bool mayBeEmpty = false, IReadOnlyList<string>? names = null)
{
    /// <summary>Of all that an answer has around its words.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private const string Broken = "its answer is none of a model", Filtered = "content_filter", Told = "it told of an error in its answer";

    /// <summary>
    /// Reasons that mean the like where a server tells them in its model's words (Gemini, GLM, Claude, Bedrock); some have more behind
    /// theirs.
    /// </summary>
    private static readonly string[] Filters =
    [
        Filtered, "safety", "recitation", "blocklist", "prohibited_content", "spii", "sensitive", "refusal", "guardrail_intervened",
        "content_filtered",
    ];

    /// <summary>A good end, in the words of servers (OpenAI, Claude and Bedrock, Together, Hugging Face).</summary>
    private static readonly string[] Ends = ["stop", "end_turn", "stop_sequence", "eos", "eos_token"];

    /// <summary>An answer that is cut, in the words of servers: also where the model takes in no more (GLM, Claude).</summary>
    private static readonly string[] Cuts = ["length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded"];

    /// <summary>One that has broken off: the server says so in place of an error (OpenRouter, GLM, DeepSeek, vLLM, Gemini).</summary>
    private static readonly string[] Breaks =
    [
        "error", "network_error", "insufficient_system_resource", "abort", "malformed_function_call",
    ];

    /// <summary>Members of a chunk without words that say what went wrong; of one with words nobody knows what they mean.</summary>
    private static readonly string[] Errors = ["error_type", "error_message"];

    /// <summary>Members of a delta whose model thinks.</summary>
    private static readonly string[] Signs =
    [
        "reasoning_content", "reasoning", "reasoning_text", "reasoning_details", "thinking", "thinking_blocks",
    ];

    private readonly ServerSentEvents _events = new();
    private readonly ChatCalls _calls = new();
    private readonly Channels _channels = new();
    private readonly Thoughts _thoughts = new();
    private readonly WrittenCalls _written = new(schemaOf, names);
    private readonly SentAlong _sentAlong = new();
    private BrainPart.Used? _used;
    private string? _by, _finish;
    private int _bytes;
    private bool _isOver, _hasWords, _hasBits, _isRefused;

    public void Take(ModelNews news)
    {
        if (_isOver) return;
        switch (news)
        {
            case ModelNews.Bytes bytes:
                _bytes += bytes.Bits.Length;
                bool fits = _bytes <= MostBytes && _events.Add(bytes.Bits.Span);
                Read();
                if (!fits) Fail("its answer does not end");
                break;
            case ModelNews.Ended:
                _events.Finish();
                Read();
                // A server may leave out the last mark, but not the reason.
                if (_finish is null) Fail("its answer broke off");
                else Complete();
                break;
            case ModelNews.Filtered:
                _finish = Filtered;
                Complete();
                break;
            case ModelNews.Failed failed:
                Fail(failed.Why);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Read()
    {
        while (!_isOver && _events.TryTake(out string data)) OnData(data);
    }

    private void OnData(string data)
    {
        if (data.AsSpan().Trim() is "[DONE]")
        {
            Complete();
            return;
        }
        try
        {
            if (Parse(Mended(data)) is JsonObject chunk) OnChunk(chunk);
            else Fail(Broken);
        }
        // A member that has another kind than it should is no less nonsense.
        catch (Exception nonsense) when (nonsense is JsonException or InvalidOperationException or FormatException)
        {
            Fail(Broken);
        }
    }

    /// <summary>An emoji may come in two events, or be cut off at the end: half of one costs no words.</summary>
    private static string Mended(string data)
    {
        if (!data.Contains(@"\ud", StringComparison.OrdinalIgnoreCase)) return data;
        byte[] bytes = Encoding.UTF8.GetBytes(data);
        HalfPairs.Mend(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static JsonNode? Parse(string data)
    {
        try
        {
            return JsonNode.Parse(data, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            // Servers behind others add members that are there already; what is no JSON at all throws again.
            using var document = JsonDocument.Parse(data);
            return LastOfEach(document.RootElement);
        }
    }

    /// <summary>Of a member that is there more than once the last counts, as most readers have it.</summary>
    private static JsonNode? LastOfEach(JsonElement read)
    {
        switch (read.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in read.EnumerateObject()) members[member.Name] = LastOfEach(member.Value);
                return members;
            case JsonValueKind.Array:
                var items = new JsonArray();
                foreach (var item in read.EnumerateArray()) items.Add(LastOfEach(item));
                return items;
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(read.Clone());
        }
    }

    private void OnChunk(JsonObject chunk)
    {
        if (HasError(chunk))
        {
            // What it says may hold what was asked.
            if (!HasGenerated(chunk)) Fail(Told);
            return;
        }
        _by ??= Text(chunk["system_fingerprint"]);
        if (chunk["usage"] is JsonObject usage) _used = new(Count(usage["prompt_tokens"]), Count(usage["completion_tokens"]), null);
        if (chunk["choices"] is not JsonArray choices) return;
        foreach (var choice in choices)
        {
            if (choice is not JsonObject one || one["index"] is JsonValue index && index.TryGetValue(out int place) && place != 0) continue;
            if (one["error"] is JsonObject)
            {
                Fail(Told);
                return;
            }
            // A stream may end with the whole message once more, which was told already.
            bool isTold = _hasBits || !_calls.IsEmpty;
            OnDelta(one["delta"] as JsonObject ?? (isTold ? null : one["message"] as JsonObject));
            // Some servers have an empty one in each chunk: a stream that stops there broke off all the same.
            if (Text(one["finish_reason"]) is { Length: > 0 } reason) _finish = IsFilter(reason) ? Filtered : reason;
            // What comes in one piece is whole.
            else if (one["delta"] is null && one["message"] is JsonObject) _finish ??= "stop";
        }
        if (_finish is { } end && Breaks.Contains(end, StringComparer.OrdinalIgnoreCase)) Fail(Told);
    }

    /// <summary>
    /// Calls that the server could not read, or would not have, and tells in an error (Groq, <c>tool_use_failed</c>): they are read and
    /// judged here.
    /// </summary>
    /// <returns>False where there are none.</returns>
    private bool HasGenerated(JsonObject chunk)
    {
        if (schemaOf is null || !_calls.IsEmpty) return false;
        if (Text((chunk["error"] as JsonObject)?["failed_generation"]) is not { Length: > 0 } generated) return false;
        // Words beside them may have come before.
        var written = new WrittenCalls(schemaOf, names);
        written.Take(generated);
        written.Finish();
        if (written.Calls.Count == 0) return false;
        foreach (var call in written.Calls) _calls.Add(call);
        _finish = "tool_calls";
        Complete();
        return true;
    }

    /// <summary>Groq tells of one in a member of its own.</summary>
    private static bool HasError(JsonObject chunk) =>
        chunk["error"] is not null || Text(chunk["object"]) is "error" || Text(chunk["type"]) is "error"
        || (chunk["x_groq"] as JsonObject)?["error"] is not null
        || chunk["choices"] is not JsonArray { Count: > 0 } && Array.Exists(Errors, name => Text(chunk[name]) is { Length: > 0 });

    private void OnDelta(JsonObject? delta)
    {
        if (delta is null) return;
        _sentAlong.Take(delta);
        bool isAlive = false;
        foreach (string bit in Words(delta["content"]))
        {
            string said = _written.Take(_thoughts.Take(_channels.Take(bit)));
            isAlive |= bit.Length > 0 && said.Length == 0;
            _hasBits |= !string.IsNullOrWhiteSpace(bit);
            Say(said);
        }
        isAlive |= delta["content"] is JsonArray parts && parts.OfType<JsonObject>().Any(part => !HasWords(part));
        if (Text(delta["refusal"]) is { Length: > 0 }) isAlive = _isRefused = true;
        isAlive |= Thinks(delta);
        if (delta["tool_calls"] is JsonArray pieces)
        {
            foreach (var piece in pieces.OfType<JsonObject>()) _calls.Add(piece);
            isAlive |= pieces.Count > 0;
        }
        if (isAlive) tell(new BrainPart.Progress());
    }

    private void Complete()
    {
        if (_isOver) return;
        Say(_written.Take(_thoughts.Take(_channels.Finish()) + _thoughts.Finish()) + _written.Finish());
        // Servers that have taken them out may have left them there as well. Where no tools are offered, a model has made them up.
        if (_calls.IsEmpty && schemaOf is not null)
            foreach (var call in _channels.Calls.Concat(_written.Calls)) _calls.Add(call);
        if (_isRefused || _finish is Filtered)
        {
            if (_hasWords) tell(new BrainPart.Text("\n"));
            Say(refusal);
        }
        bool hasNothing = mayBeEmpty && !_hasBits && _finish is { } good && Ends.Contains(good, StringComparer.OrdinalIgnoreCase);
        if (!_hasWords && _calls.IsEmpty && !hasNothing)
        {
            Fail("its answer is empty");
            return;
        }
        _isOver = true;
        if (_used is not null || _by is not null) tell((_used ?? new(0, 0, null)) with { By = _by });
        bool isCut = _finish is { } end && Cuts.Contains(end, StringComparer.OrdinalIgnoreCase);
        foreach (var call in _calls.Finish(request, _sentAlong.Written(), !isCut))
            tell(new BrainPart.Call(schemaOf is null ? call : FittedCall.Of(call, schemaOf)));
        tell(new BrainPart.Done(isCut));
    }

    private void Say(string bit)
    {
        if (bit.Length == 0 || !_hasWords && string.IsNullOrWhiteSpace(bit)) return;
        _hasWords = true;
        tell(new BrainPart.Text(bit));
    }

    private void Fail(string why)
    {
        if (_isOver) return;
        _isOver = true;
        tell(new BrainPart.Failed(why));
    }

    /// <summary>One with more behind a colon: <c>content_filter: RECITATION</c>.</summary>
    private static bool IsFilter(string reason) => Filters.Contains(reason.Split(':')[0].Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>By any of the members in which servers tell it; what is encrypted has only its details.</summary>
    private static bool Thinks(JsonObject delta) => Array.Exists(Signs, name => delta[name] switch
    {
        JsonArray details => details.Count > 0,
        var text => Text(text) is { Length: > 0 },
    });

    /// <summary>Some parts are thoughts.</summary>
    private static bool HasWords(JsonObject part) => Text(part["type"]) is null or "text" or "output_text";

    /// <summary>A text, or a list of parts of which some are.</summary>
    private static IEnumerable<string> Words(JsonNode? content) => content switch
    {
        JsonArray parts => parts.OfType<JsonObject>().Where(HasWords).Select(part => Text(part["text"])).OfType<string>(),
        _ => Text(content) is { } text ? [text] : [],
    };

    private static int Count(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int count) ? Math.Max(0, count) : 0;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
