using System.Text.Json;

namespace Ringwright.Conversations.Relays;

/// <summary>What a customer's program says by its socket.</summary>
internal abstract record RelayMessage
{
    private const int DigitsAtMost = 128, LoopsAtMost = 1_000, DepthAtMost = 8;
    private const string KnownKeys = "0123456789ABCDabcd*#wW";

    private RelayMessage() { }

    /// <summary>Null is as the document says.</summary>
    public bool? IsInterruptible { get; private init; }
    /// <inheritdoc cref="IsInterruptible"/>
    public bool? IsPreemptible { get; private init; }

    /// <param name="IsLast">The answer is whole with it.</param>
    public sealed record Text(string Token, bool IsLast, string? Language) : RelayMessage;

    public sealed record Play(string Source, int Loops) : RelayMessage;

    public sealed record Digits(string Keys) : RelayMessage;

    /// <summary>Null leaves it as it is.</summary>
    public sealed record Languages(string? Spoken, string? Heard) : RelayMessage;

    /// <param name="Handoff">For whoever has the call next.</param>
    public sealed record End(string? Handoff) : RelayMessage;

    /// <returns>Null and what is wrong with it, as part of a sentence, when it is none.</returns>
    public static (RelayMessage? Message, string? Fault) Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new() { MaxDepth = DepthAtMost });
            if (document.RootElement.ValueKind is not JsonValueKind.Object) return (null, "it is no JSON object");
            return (Read(new Fields(document.RootElement)), null);
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            // The second is of strings that are no Unicode.
            return (null, "it is no JSON");
        }
        catch (BadFieldException bad)
        {
            return (null, bad.Message);
        }
    }

    private static RelayMessage Read(Fields of)
    {
        bool? interruptible = of.Flag("interruptible"), preemptible = of.Flag("preemptible");
        RelayMessage message = of.Text("type") switch
        {
            "text" => TextOf(of),
            "play" => new Play(of.Text("source") is { Length: > 0 and <= Limits.RelayUrlCharacters } source ? source
                : throw new BadFieldException($"source must be a URL of at most {Limits.RelayUrlCharacters} characters"),
                of.Whole("loop", LoopsAtMost) ?? 1),
            "sendDigits" => new Digits(of.Text("digits") is { Length: > 0 and <= DigitsAtMost } digits
                && digits.All(key => KnownKeys.Contains(key, StringComparison.Ordinal)) ? digits
                    : throw new BadFieldException($"digits must be 1 to {DigitsAtMost} of {KnownKeys}")),
            "language" => new Languages(of.Language("ttsLanguage"), of.Language("transcriptionLanguage")),
            "end" => new End(of.Text("handoffData") switch
            {
                { Length: > Limits.HandoffCharacters } =>
                    throw new BadFieldException($"handoffData has more than {Limits.HandoffCharacters} characters"),
                var handoff => handoff,
            }),
            null => throw new BadFieldException("type is missing"),
            _ => throw new BadFieldException("its type is unknown"),
        };
        return message with { IsInterruptible = interruptible, IsPreemptible = preemptible };
    }

    /// <summary>Clients of models end an answer by a bit that is null, which programs give on, or leave out.</summary>
    private static Text TextOf(Fields of)
    {
        string? token = of.Text("token");
        bool isLast = of.Flag("last") ?? false;
        if (token is null && !isLast && !of.IsNull("token")) throw new BadFieldException("token is missing");
        return new(token ?? "", isLast, of.Language("lang"));
    }

    /// <summary>What is null counts as not there.</summary>
    private readonly struct Fields(JsonElement of)
    {
        public string? Text(string name) => Find(name) is not { } value ? null
            : value.ValueKind is JsonValueKind.String ? value.GetString() : throw new BadFieldException($"{name} must be a string");

        public bool IsNull(string name) => of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Null;

        public string? Language(string name) => Text(name) switch
        {
            null or "" => null,
            { Length: > Limits.LanguageCharacters } => throw new BadFieldException($"{name} is no language"),
            var language => language,
        };

        public bool? Flag(string name) => Find(name) is not { } value ? null
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw new BadFieldException($"{name} must be true or false");

        public int? Whole(string name, int most) => Find(name) is not { } value ? null
            : value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number <= most ? number
            : throw new BadFieldException($"{name} must be a whole number from 0 to {most}");

        private JsonElement? Find(string name) =>
            of.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
    }

    private sealed class BadFieldException(string what) : Exception(what);
}
