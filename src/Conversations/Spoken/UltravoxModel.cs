using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Spoken;

/// <summary>
/// Ultravox over a WebSocket between servers: audio in binary messages both ways, all else in JSON. The call was made by
/// <see cref="UltravoxCall"/>, which says what it is about; the server judges turns, and says when what waits is to be heard no more.
/// </summary>
public sealed class UltravoxModel : SpokenModel
{
    /// <summary>Of whoever makes its voices, before their names.</summary>
    public const string Maker = "Ultravox";
    /// <summary>Hertz, both ways.</summary>
    public const int Rate = 16_000;

    private readonly PcmBytes _sound = new();
    private int _turn = 1;
    /// <summary>Which of the transcripts has the words of the turn; null before the first.</summary>
    private int? _ordinal;
    /// <summary>The highest of those of earlier turns.</summary>
    private int _past = -1;
    private bool _hasBegun, _isWhole;
    /// <summary>Nobody hears the turn any more, which it does not know.</summary>
    private bool _isCut;

    private string Turn => _turn.ToString(CultureInfo.InvariantCulture);

    /// <summary>It begins by itself, and says so.</summary>
    public override void Begin() { }

    public override void Hear(ReadOnlySpan<short> samples)
    {
        byte[] bytes = new byte[2 * samples.Length];
        PcmBytes.Write(samples, bytes);
        Tell(new SpokenOutput.Send(bytes, IsBinary: true));
    }

    public override void Say(string words) => Write(SpokenPrompt.Words(words), "immediate");

    public override void Raise(string why) => Write(why, "soon");

    public override void Answer(string call, string result, bool speaks) => Send(new()
    {
        ["type"] = "client_tool_result", ["invocationId"] = call, ["result"] = result, ["responseType"] = "tool-response",
        ["agentReaction"] = speaks ? "speaks" : "listens",
    });

    /// <summary>What is answered at once has it stop: by its own reckoning it still says what the caller hears no more.</summary>
    public override void Know(IReadOnlyList<Message> messages, bool answersNow)
    {
        for (int i = 0; i < messages.Count; i++)
            if (messages[i] is { Role: not MessageRole.Tool, Text.Length: > 0 } message)
                Write(message.Text, answersNow && i == messages.Count - 1 ? "immediate" : "later");
    }

    public override void Cut(string turn, int milliseconds) => _isCut |= turn == Turn;

    /// <summary>What it is to know next says so.</summary>
    public override void Stop() { }

    public override void End() => Send(new() { ["type"] = "hang_up" });

    private protected override void TakeSound(ReadOnlySpan<byte> bytes) => Tell(new SpokenOutput.Sound(Turn, _sound.Read(bytes)));

    private protected override void Take(string type, JsonElement message)
    {
        switch (type)
        {
            case "call_started" when !_hasBegun:
                _hasBegun = true;
                Tell(new SpokenOutput.Ready());
                break;
            case "state":
                // Some begin without a word of it.
                if (!_hasBegun) Take("call_started", message);
                string? state = TextOf(message, "state");
                IsAnswering = state is "thinking";
                // What it still says of a turn that was cut comes before that.
                if (_isCut && state is "thinking" or "listening") Next();
                break;
            case "transcript":
                Read(message);
                break;
            case "client_tool_invocation":
                if (TextOf(message, "invocationId") is { } id && TextOf(message, "toolName") is { } name)
                    Tell(new SpokenOutput.Call(new(id, name, ArgumentsOf(message))));
                break;
            case "playback_clear_buffer":
                Tell(new SpokenOutput.Clear());
                Next();
                break;
            default:
                break;
        }
    }

    private void Read(JsonElement message)
    {
        bool isFinal = message.TryGetProperty("final", out var final) && final.ValueKind is JsonValueKind.True;
        string? text = TextOf(message, "text"), bit = TextOf(message, "delta");
        if (TextOf(message, "role") is "user")
        {
            // What was written to it comes back as if the caller had.
            if (TextOf(message, "medium") is "text") return;
            // Its whole text comes with its last message; in pieces it may still change.
            if (isFinal) Tell(text?.Trim() is { Length: > 0 } heard ? new SpokenOutput.Heard(heard) : new SpokenOutput.Unheard());
            return;
        }
        int ordinal = message.TryGetProperty("ordinal", out var number) && number.TryGetInt32(out int told) ? told : _ordinal ?? _past + 1;
        if (ordinal <= _past) return;
        if (_ordinal is { } before && before != ordinal && (_isWhole || before < ordinal)) Next();
        _ordinal = ordinal;
        if (bit is { Length: > 0 }) Tell(new SpokenOutput.Words(Turn, bit));
        if (!isFinal) return;
        _isWhole = true;
        Tell(new SpokenOutput.Whole(Turn, text is { Length: > 0 } ? text : null));
    }

    private void Next()
    {
        if (_ordinal is not null && !_isWhole) Tell(new SpokenOutput.Whole(Turn, null));
        (_past, _isCut) = (Math.Max(_past, _ordinal ?? _past), false);
        (_turn, _ordinal, _isWhole) = (_turn + 1, null, false);
        _sound.Reset();
    }

    private static string ArgumentsOf(JsonElement message) =>
        message.TryGetProperty("parameters", out var parameters) && parameters.ValueKind is JsonValueKind.Object
            ? parameters.GetRawText() : "{}";

    private void Write(string text, string urgency) =>
        Send(new() { ["type"] = "user_text_message", ["text"] = text, ["urgency"] = urgency });
}
