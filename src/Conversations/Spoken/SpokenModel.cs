using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Spoken;

/// <summary>
/// A model that hears and speaks itself, as its protocol has it: what comes by its socket and what is to be told it go in, what is to be
/// sent and to be done comes out. It has no clock and no socket; calls come one at a time.
/// </summary>
public abstract class SpokenModel
{
    private readonly Queue<SpokenOutput> _out = new();
    private int _nonsense;

    private protected SpokenModel() { }

    /// <summary>An answer is being made: what is said of it comes.</summary>
    public bool IsAnswering { get; private protected set; }

    /// <summary>What is to be done next; false where that is nothing.</summary>
    public bool TryPoll([NotNullWhen(true)] out SpokenOutput? output) => _out.TryDequeue(out output);

    /// <summary>Its socket is open.</summary>
    public abstract void Begin();

    /// <summary>The caller is heard, without gaps: silence too. Samples are mono both ways, of 16 bits, at the protocol's rate.</summary>
    public abstract void Hear(ReadOnlySpan<short> samples);

    /// <summary>A message has come by its socket.</summary>
    public void Take(ReadOnlyMemory<byte> message, bool isBinary)
    {
        if (isBinary)
        {
            TakeSound(message.Span);
            return;
        }
        try
        {
            using var read = JsonDocument.Parse(message);
            if (read.RootElement.ValueKind is JsonValueKind.Object && TextOf(read.RootElement, "type") is { Length: > 0 } type)
            {
                _nonsense = 0;
                Take(type, read.RootElement);
                return;
            }
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException or FormatException) { /* counted below */ }
        if (++_nonsense == Limits.BadMessages) Tell(new SpokenOutput.Lost("it sent message after message that was none"));
    }

    /// <summary>It is to say these words, and nothing else.</summary>
    public abstract void Say(string words);

    /// <summary>It speaks now, though nobody has said anything.</summary>
    /// <param name="why">For the model alone.</param>
    public abstract void Raise(string why);

    /// <summary>A call of its own has its result.</summary>
    /// <param name="speaks">It goes on by what it has heard; else that is all.</param>
    public abstract void Answer(string call, string result, bool speaks);

    /// <summary>It is to know this, as if it had been said.</summary>
    /// <param name="answersNow">It says something about it at once.</param>
    public abstract void Know(IReadOnlyList<Message> messages, bool answersNow);

    /// <summary>The caller has heard so much of a turn and hears no more of it.</summary>
    public abstract void Cut(string turn, int milliseconds);

    /// <summary>What it is saying is not wanted.</summary>
    public abstract void Stop();

    /// <summary>The conversation is over: the last that is sent.</summary>
    public virtual void End() { }

    private protected virtual void TakeSound(ReadOnlySpan<byte> bytes) { }

    private protected abstract void Take(string type, JsonElement message);

    private protected void Tell(SpokenOutput output) => _out.Enqueue(output);

    private protected void Send(JsonObject message) =>
        Tell(new SpokenOutput.Send(Encoding.UTF8.GetBytes(message.ToJsonString()), IsBinary: false));

    private protected static string? TextOf(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString() : null;

    /// <summary>A word of the far end's for a sentence of ours: it may be anything.</summary>
    private protected static string WordOf(string? told) =>
        told is { Length: > 0 and <= 64 } && told.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? told
            : "it does not say why";
}
