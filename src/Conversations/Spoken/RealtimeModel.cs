using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Conversations.Spoken;

/// <summary>
/// OpenAI's realtime protocol: events of JSON both ways, audio in base64 at 24 kHz. The server judges turns, answers them and stops when it
/// is spoken over; older names of its events are read too.
/// </summary>
/// <param name="first">As in <see cref="SpokenPrompt.Instructions"/>.</param>
public sealed class RealtimeModel(ModelAgent agent, IReadOnlyDictionary<string, string> variables, string? first) : SpokenModel
{
    /// <summary>Of whoever makes its voices, before their names.</summary>
    public const string Maker = "OpenAI";

    /// <summary>Hertz, both ways.</summary>
    public const int Rate = 24_000;

    /// <summary>Writes down what the caller says, beside the model, which hears it itself.</summary>
    private const string Transcriber = "gpt-4o-mini-transcribe";
    private const string UsualVoice = "alloy";
    /// <summary>The name of what is sent for it to know: what refuses that says so.</summary>
    private const string Known = "known";
    /// <summary>What not every server takes, of the audio that comes and goes.</summary>
    private static readonly string[] Optional = ["transcription", "voice", "speed"];
    /// <summary>What a server refuses that has the protocol as it was before September 2025.</summary>
    private static readonly string[] Newer = ["session.type", "session.output_modalities", "session.audio"];

    private readonly PcmBytes _sound = new();
    private readonly HashSet<string> _called = new(StringComparer.Ordinal);
    /// <summary>Of the answer that is being made: words that have no sound, by the ids of their items.</summary>
    private readonly Dictionary<string, StringBuilder> _written = new(StringComparer.Ordinal);
    /// <summary>Of the answer that is being made, by their ids; and names of calls that are being written.</summary>
    private readonly List<string> _turns = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    /// <summary>Of <see cref="Optional"/>.</summary>
    private readonly HashSet<string> _without = new(StringComparer.Ordinal);
    private byte[] _append = [];
    private string _speaking = "";
    private int _open;
    private bool _isReady, _owesAnswer;
    /// <summary>Its server refuses <see cref="Newer"/>.</summary>
    private bool _isOlder;
    /// <summary>An answer was asked for of which the server has not said yet that it makes it.</summary>
    private bool _isAsked;
    /// <summary>What the answer that was asked for last is to say, and the one that is owed; null for what the model likes.</summary>
    private string? _askedWords, _owedWords;
    private int _requests, _updates;
    /// <summary>The answer that is being made was asked for, and it is the second time.</summary>
    private bool _isOurs, _isSecond;
    /// <summary>Something of it is to be heard.</summary>
    private bool _hasSound;

    /// <summary>The name of the one that was sent last: what refuses it says so.</summary>
    private string Request => $"answer_{_requests}";

    /// <summary>The same of what was sent last of how it is to be.</summary>
    private string Update => $"session_{_updates}";

    public override void Begin()
    {
        Configure();
        AddItems(agent.Before);
    }

    /// <summary>How it is to be, without what its server has refused of that.</summary>
    private void Configure()
    {
        var tools = new JsonArray();
        foreach (var (name, description, parameters) in SpokenPrompt.Tools(agent, variables))
            tools.Add(new JsonObject
            {
                ["type"] = "function", ["name"] = name, ["description"] = description, ["parameters"] = parameters.DeepClone(),
            });
        var transcription = new JsonObject { ["model"] = Transcriber };
        if ((agent.ListensIn ?? agent.Language).Split('-')[0] is { Length: 2 } language) transcription["language"] = language;
        var turns = new JsonObject
        {
            ["type"] = "server_vad", ["create_response"] = true, ["interrupt_response"] = agent.Terms.Interruptions.IsEnabled,
        };
        // Where nobody has said how long to wait, its server knows what is usual.
        if (agent.Terms.Turns.Wait is var wait && wait != TurnTerms.Usual.Wait) turns["silence_duration_ms"] = (int)wait.TotalMilliseconds;
        _updates++;
        Send(new()
        {
            ["type"] = "session.update", ["event_id"] = Update,
            ["session"] = _isOlder ? OlderSession(tools, transcription, turns) : Session(tools, transcription, turns),
        });
    }

    private JsonObject Session(JsonArray tools, JsonObject transcription, JsonObject turns)
    {
        var input = new JsonObject { ["format"] = Format(), ["transcription"] = transcription, ["turn_detection"] = turns };
        var output = new JsonObject
        {
            ["format"] = Format(), ["voice"] = SpokenPrompt.VoiceOf(agent, Maker) ?? UsualVoice,
            ["speed"] = Math.Clamp(agent.VoiceSpeed, 0.25, 1.5),
        };
        foreach (string refused in _without)
        {
            input.Remove(refused);
            output.Remove(refused);
        }
        return new()
        {
            ["type"] = "realtime", ["instructions"] = SpokenPrompt.Instructions(agent, variables, first),
            ["output_modalities"] = new JsonArray("audio"), ["tools"] = tools, ["tool_choice"] = "auto",
            ["audio"] = new JsonObject { ["input"] = input, ["output"] = output },
        };
    }

    /// <summary>The same in the words that it had before: its samples are 24 kHz there, too.</summary>
    private JsonObject OlderSession(JsonArray tools, JsonObject transcription, JsonObject turns)
    {
        var session = new JsonObject
        {
            ["modalities"] = new JsonArray("text", "audio"), ["instructions"] = SpokenPrompt.Instructions(agent, variables, first),
            ["tools"] = tools, ["tool_choice"] = "auto", ["turn_detection"] = turns,
            ["input_audio_format"] = "pcm16", ["output_audio_format"] = "pcm16",
        };
        if (!_without.Contains("transcription")) session["input_audio_transcription"] = transcription;
        if (!_without.Contains("voice")) session["voice"] = SpokenPrompt.VoiceOf(agent, Maker) ?? UsualVoice;
        if (!_without.Contains("speed") && agent.VoiceSpeed is not 1) session["speed"] = Math.Clamp(agent.VoiceSpeed, 0.25, 1.5);
        return session;
    }

    public override void Hear(ReadOnlySpan<short> samples)
    {
        // Before its session is as it is to be, nothing is heard.
        if (!_isReady || samples.IsEmpty) return;
        if (_append.Length < 2 * samples.Length) _append = new byte[2 * samples.Length];
        PcmBytes.Write(samples, _append);
        int length = Base64.GetMaxEncodedToUtf8Length(2 * samples.Length);
        var head = "{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8;
        var tail = "\"}"u8;
        byte[] message = new byte[head.Length + length + tail.Length];
        head.CopyTo(message);
        Base64.EncodeToUtf8(_append.AsSpan(0, 2 * samples.Length), message.AsSpan(head.Length), out _, out int written);
        tail.CopyTo(message.AsSpan(head.Length + written));
        Tell(new SpokenOutput.Send(message.AsMemory(0, head.Length + written + tail.Length), IsBinary: false));
    }

    public override void Say(string words) => Respond(SpokenPrompt.Words(words));

    public override void Raise(string why) => Know([new(MessageRole.System, why, default)], answersNow: true);

    public override void Answer(string call, string result, bool speaks)
    {
        Send(new()
        {
            ["type"] = "conversation.item.create",
            ["item"] = new JsonObject { ["type"] = "function_call_output", ["call_id"] = call, ["output"] = result },
        });
        _owesAnswer |= speaks;
        if (_open > 0) _open--;
        Pay();
    }

    public override void Know(IReadOnlyList<Message> messages, bool answersNow)
    {
        AddItems(messages);
        _owesAnswer |= answersNow;
        Pay();
    }

    public override void Cut(string turn, int milliseconds) => Send(new()
    {
        ["type"] = "conversation.item.truncate", ["item_id"] = turn, ["content_index"] = 0, ["audio_end_ms"] = milliseconds,
    });

    public override void Stop()
    {
        if (IsAnswering) Send(new() { ["type"] = "response.cancel" });
    }

    private protected override void Take(string type, JsonElement message)
    {
        switch (type)
        {
            case "session.updated" when !_isReady:
                _isReady = true;
                Tell(new SpokenOutput.Ready());
                break;
            case "input_audio_buffer.speech_started":
                Tell(new SpokenOutput.Voice(true));
                if (agent.Terms.Interruptions.IsEnabled) Tell(new SpokenOutput.Clear());
                break;
            case "input_audio_buffer.speech_stopped":
                Tell(new SpokenOutput.Voice(false));
                break;
            case "input_audio_buffer.committed":
                Tell(new SpokenOutput.Committed());
                break;
            case "conversation.item.input_audio_transcription.completed":
                Tell(TextOf(message, "transcript")?.Trim() is { Length: > 0 } heard && !InventedWords.Are(heard)
                    ? new SpokenOutput.Heard(heard) : new SpokenOutput.Unheard());
                break;
            case "conversation.item.input_audio_transcription.failed":
                Tell(new SpokenOutput.Unheard());
                break;
            case "response.created":
                (IsAnswering, _isOurs, _isAsked) = (true, _isAsked, false);
                break;
            case "response.output_item.added":
                if (ItemOf(message) is { } begun) Begin(begun);
                break;
            case "response.output_audio.delta" or "response.audio.delta":
                Sound(message);
                break;
            case "response.output_audio_transcript.delta" or "response.audio_transcript.delta":
                if (TextOf(message, "item_id") is { } item && TextOf(message, "delta") is { } bit)
                    Tell(new SpokenOutput.Words(Turn(item), bit));
                break;
            case "response.output_text.delta" or "response.text.delta":
                if (TextOf(message, "item_id") is { } written && TextOf(message, "delta") is { } words) Write(written, words);
                break;
            case "response.function_call_arguments.done":
                // It comes for a call that was interrupted, too: that its arguments are whole the item says then.
                if (ArgumentSchema.ObjectOf(TextOf(message, "arguments") ?? "") is not null)
                    CallOf(message, _names.GetValueOrDefault(TextOf(message, "item_id") ?? ""));
                break;
            case "response.output_item.done":
                if (ItemOf(message) is { } done && TextOf(done, "type") is "function_call") CallOf(done, null);
                break;
            case "response.done":
                Done(message);
                break;
            case "error":
                Refuse(message);
                break;
            default:
                break;
        }
    }

    private static JsonObject Format() => new() { ["type"] = "audio/pcm", ["rate"] = Rate };

    private static JsonElement? ItemOf(JsonElement message) =>
        message.TryGetProperty("item", out var item) && item.ValueKind is JsonValueKind.Object ? item : null;

    private static string? ErrorOf(JsonElement message) =>
        message.TryGetProperty("error", out var error) ? TextOf(error, "code") ?? TextOf(error, "type") : null;

    private void Begin(JsonElement item)
    {
        if (TextOf(item, "id") is not { } id) return;
        if (TextOf(item, "type") is "function_call") _names[id] = TextOf(item, "name") ?? "";
    }

    private string Turn(string item)
    {
        if (!_turns.Contains(item)) _turns.Add(item);
        return item;
    }

    private void Sound(JsonElement message)
    {
        if (TextOf(message, "item_id") is not { } item || !message.TryGetProperty("delta", out var delta)
            || delta.ValueKind is not JsonValueKind.String || !delta.TryGetBytesFromBase64(out byte[]? bytes)) return;
        if (_speaking != item) _sound.Reset();
        (_speaking, _hasSound) = (item, true);
        Tell(new SpokenOutput.Sound(Turn(item), _sound.Read(bytes)));
    }

    private void Write(string item, string words)
    {
        Tell(new SpokenOutput.Words(Turn(item), words));
        if (!_written.TryGetValue(item, out var text)) _written[item] = text = new();
        if (text.Length < Limits.ReplyCharacters) text.Append(words);
    }

    /// <summary>
    /// Servers tell a call once or several times, and not all in the same place. One that was interrupted while it was written is none.
    /// </summary>
    private void CallOf(JsonElement call, string? known)
    {
        if (TextOf(call, "status") is "incomplete") return;
        string? id = TextOf(call, "call_id"), name = TextOf(call, "name") is { Length: > 0 } told ? told : known;
        if (id is null || name is not { Length: > 0 } || !_called.Add(id)) return;
        _open++;
        string arguments = TextOf(call, "arguments") is { Length: > 0 } written ? written : "{}";
        Tell(new SpokenOutput.Call(FittedCall.Of(new(id, name, arguments),
            wanted => agent.Tools.FirstOrDefault(tool => tool.Name == wanted)?.Parameters)));
    }

    private void Done(JsonElement message)
    {
        IsAnswering = false;
        if (message.TryGetProperty("response", out var response) && response.ValueKind is JsonValueKind.Object)
        {
            if (response.TryGetProperty("output", out var items) && items.ValueKind is JsonValueKind.Array)
                foreach (var item in items.EnumerateArray())
                    if (TextOf(item, "type") is "function_call") CallOf(item, null);
            switch (TextOf(response, "status"))
            {
                case "failed":
                    Fail(WordOf(FaultOf(response)));
                    break;
                case "incomplete":
                    Tell(new SpokenOutput.Warning($"its answer is not whole: {WordOf(ReasonOf(response))}"));
                    break;
                case null or "completed" when _written.Count > 0 && !_hasSound && _open == 0 && !_owesAnswer:
                    SayAloud();
                    break;
                default:
                    _isSecond = false;
                    break;
            }
        }
        foreach (string turn in _turns) Tell(new SpokenOutput.Whole(turn, null));
        _turns.Clear();
        _names.Clear();
        _written.Clear();
        _hasSound = false;
        Pay();
    }

    /// <summary>Where nothing of it was said, it is asked for once more.</summary>
    private void Fail(string why)
    {
        _isSecond = !_isSecond && _turns.Count == 0 && _open == 0;
        if (_isSecond)
        {
            (_owesAnswer, _owedWords) = (true, (_isOurs || _isAsked ? _askedWords : null) ?? _owedWords);
            Tell(new SpokenOutput.Warning($"its answer failed, and is asked for once more: {why}"));
        }
        else Tell(new SpokenOutput.Failed($"its answer failed: {why}"));
    }

    /// <summary>Models now and then write in place of speaking: nobody has heard that, and it is forgotten and said.</summary>
    private void SayAloud()
    {
        _isSecond = !_isSecond;
        if (!_isSecond)
        {
            Tell(new SpokenOutput.Failed("its answer had no sound"));
            return;
        }
        foreach (string item in _written.Keys) Send(new() { ["type"] = "conversation.item.delete", ["item_id"] = item });
        (_owesAnswer, _owedWords) = (true, SpokenPrompt.Words(string.Join(' ', _written.Values)));
        Tell(new SpokenOutput.Warning("its answer had no sound, and is asked for once more"));
    }

    private void Refuse(JsonElement message)
    {
        // What the server answers by itself, where the caller has paused, may meet what is asked for: the other one comes behind it.
        if (message.TryGetProperty("error", out var error) && IsOfTwoAnswers(error))
            (_owesAnswer, _owedWords) = (true, (TextOf(error, "event_id") == Request ? _askedWords : null) ?? _owedWords);
        // Whatever it refused, nobody waits for that.
        if (_isAsked) (IsAnswering, _isAsked) = (false, false);
        Tell(new SpokenOutput.Warning($"it refused something: {WordOf(ErrorOf(message))}"));
        // Not every server closes the socket then.
        if (TextOf(error, "code") is "session_expired") Tell(new SpokenOutput.Lost("its session is over"));
        else if (!_isReady && _updates > 0 && TextOf(error, "event_id") is not Known) Relent(error);
    }

    /// <summary>
    /// It does not take how it is to be: it is asked once more in the older words, without what it names of that, or without all that can
    /// be left out.
    /// </summary>
    private void Relent(JsonElement error)
    {
        string named = TextOf(error, "param") ?? TextOf(error, "message") ?? "";
        string[] less = [.. Optional.Where(one => named.Contains(one, StringComparison.Ordinal))];
        int before = _without.Count;
        bool isForm = Array.Exists(Newer, one => named == one || named.Contains($"'{one}'", StringComparison.Ordinal));
        if (!isForm) _without.UnionWith(less.Length > 0 ? less : Optional);
        if (_without.Count > before || isForm && !_isOlder)
        {
            _isOlder |= isForm;
            Configure();
        }
        else if (TextOf(error, "event_id") == Update)
            Tell(new SpokenOutput.Lost($"it refused how it is to be: {WordOf(TextOf(error, "code") ?? TextOf(error, "type"))}"));
    }

    private static bool IsOfTwoAnswers(JsonElement error) => TextOf(error, "code") is "conversation_already_has_active_response"
        || TextOf(error, "message")?.Contains("already has an active response", StringComparison.OrdinalIgnoreCase) is true;

    private static string? FaultOf(JsonElement response) =>
        response.TryGetProperty("status_details", out var details) && details.ValueKind is JsonValueKind.Object ? ErrorOf(details) : null;

    private static string? ReasonOf(JsonElement response) =>
        response.TryGetProperty("status_details", out var details) ? TextOf(details, "reason") : null;

    /// <summary>One answer at a time, and none before all calls have their results.</summary>
    private void Pay()
    {
        if (!_owesAnswer || IsAnswering || _open > 0) return;
        Respond(_owedWords);
    }

    private void Respond(string? instructions)
    {
        if (IsAnswering)
        {
            (_owesAnswer, _owedWords) = (true, instructions ?? _owedWords);
            return;
        }
        (_owesAnswer, _owedWords, _askedWords) = (false, null, instructions);
        _requests++;
        // Until its own word for that comes nothing else is asked for.
        (IsAnswering, _isAsked) = (true, true);
        var response = new JsonObject();
        if (instructions is not null) response["instructions"] = instructions;
        Send(new() { ["type"] = "response.create", ["event_id"] = Request, ["response"] = response });
    }

    private void AddItems(IEnumerable<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message.Role is MessageRole.Tool || message.Text.Length == 0) continue;
            var (role, kind) = message.Role switch
            {
                MessageRole.User => ("user", "input_text"),
                MessageRole.Assistant => ("assistant", _isOlder ? "text" : "output_text"),
                _ => ("system", "input_text"),
            };
            Send(new()
            {
                ["type"] = "conversation.item.create", ["event_id"] = Known,
                ["item"] = new JsonObject
                {
                    ["type"] = "message", ["role"] = role,
                    ["content"] = new JsonArray(new JsonObject { ["type"] = kind, ["text"] = message.Text }),
                },
            });
        }
    }
}
