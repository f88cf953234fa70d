using System.Text.Json.Nodes;
using Ringwright.Server.Demo;

namespace Ringwright.Server.Rehearsal;

/// <summary>
/// The caller's part: each time that the document listens he waits until it has said what it asks, and then presses or says what comes
/// next. To a recording he says all up to the next keys, which may end it.
/// </summary>
internal sealed class CallerTurns(IReadOnlyList<CallerInput> inputs, ReminderApi api, HeardSound heard, Conversation told)
{
    /// <summary>For words to begin, which a voice has to find first.</summary>
    private static readonly TimeSpan WordsBegin = TimeSpan.FromSeconds(5), Breath = TimeSpan.FromMilliseconds(700);

    /// <summary>What is said a second, with room: a key behind it must not cut it off.</summary>
    private const double CharactersPerSecond = 10;

    private int _next;
    private DateTimeOffset? _since;
    private bool _hasWords, _isRecording;
    private DateTimeOffset _busyUntil;

    /// <summary>The caller's call.</summary>
    public string Call { get; set; } = "";

    /// <summary>What nobody has listened to.</summary>
    public int Left => inputs.Count - _next;

    /// <summary>A step of the document.</summary>
    public void Notice(string step, DateTimeOffset at, bool hasWords)
    {
        bool isGather = step.StartsWith("<Gather>", StringComparison.Ordinal);
        _isRecording = step.StartsWith("<Record>", StringComparison.Ordinal);
        _since = isGather || _isRecording ? at : null;
        _hasWords = hasWords;
    }

    public async Task TakeAsync(DateTimeOffset now, CancellationToken stop)
    {
        if (_since is not { } since || Left == 0 || now < _busyUntil || now - since < Breath || !heard.IsQuiet(now)) return;
        bool hasHeard = heard.LastSound > since;
        if (_hasWords && !hasHeard && now - since < WordsBegin) return;
        var input = inputs[_next++];
        if (input.Text is { } text)
        {
            told.Tell(now, "caller", $"says \"{text}\"");
            _busyUntil = now + TimeSpan.FromSeconds(1 + text.Length / CharactersPerSecond);
            await api.ActAsync(Call, "speak", new JsonObject { ["payload"] = text, ["voice"] = "male", ["language"] = "en-US" }, stop);
        }
        else
        {
            told.Tell(now, "caller", $"presses {input.Digits}");
            await api.ActAsync(Call, "send_dtmf", new JsonObject { ["digits"] = input.Digits }, stop);
        }
        if (!_isRecording || input.Digits is not null) _since = null;
    }
}
