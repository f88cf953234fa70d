using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwright.Conversations.Relays;

/// <summary>Writes what a customer's program is told.</summary>
internal static class RelayWriter
{
    /// <summary>Of a message that is none: so much is shown to whoever sent it.</summary>
    private const int ShownBytes = 200;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Setup(RelayAgent agent) => Write("setup", json =>
    {
        foreach (var (name, value) in agent.Setup) json.WriteString(name, Whole(value));
        json.WriteStartObject("customParameters");
        // The last one of a name counts: no object has it twice.
        foreach (var one in agent.Parameters.GroupBy(one => one.Key, StringComparer.Ordinal))
            json.WriteString(Whole(one.Key), Whole(one.Last().Value));
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Prompt(string words, string language, bool isLast) => Write("prompt", json =>
    {
        json.WriteString("voicePrompt", Whole(words));
        json.WriteString("lang", language);
        json.WriteBoolean("last", isLast);
    });

    public static ReadOnlyMemory<byte> Key(char digit) => Write("dtmf", json => json.WriteString("digit", digit.ToString()));

    public static ReadOnlyMemory<byte> Interrupt(string heard, TimeSpan lasted) => Write("interrupt", json =>
    {
        json.WriteString("utteranceUntilInterrupt", Whole(heard));
        json.WriteNumber("durationUntilInterruptMs", (long)lasted.TotalMilliseconds);
    });

    public static ReadOnlyMemory<byte> Info(string name, string value) => Write("info", json =>
    {
        json.WriteString("name", name);
        json.WriteString("value", Whole(value));
    });

    public static ReadOnlyMemory<byte> Error(string what) => Write("error", json => json.WriteString("description", Whole(what)));

    /// <summary>Of a message that cannot be taken.</summary>
    /// <param name="fault">As part of a sentence.</param>
    public static ReadOnlyMemory<byte> Invalid(ReadOnlySpan<byte> bytes, string fault) =>
        Error($"Invalid message received, code: 64107, {fault}: {Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownBytes)])}");

    /// <summary>What is cut between two halves of a character is none that may be written.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter> more)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        json.WriteString("type", type);
        more(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
